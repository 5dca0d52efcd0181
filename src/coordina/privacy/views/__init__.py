"""Pages of privacy with a shape of their own."""
