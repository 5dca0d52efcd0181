"""Products: what is sold, in which series and at which price."""
