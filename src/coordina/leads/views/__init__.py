"""Pages of leads with a shape of their own: the funnel board, the conversion, and the panels of record pages."""
