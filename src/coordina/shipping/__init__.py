"""Shipping: carriers, shipments, where they are, and the papers that go along. What may be sent says the order."""
