"""The search page: what the box in the top bar finds, also without JavaScript."""
