"""Pages of stock with a shape of their own: receiving a purchase order, replenishment."""
