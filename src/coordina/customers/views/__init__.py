"""Pages of customers with a shape of their own: the composer."""
