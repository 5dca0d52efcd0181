"""The page on which everything is taken out: what an archive holds, asking for one, fetching it."""
