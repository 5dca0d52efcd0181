"""Promises: when an order arrives, what is told to the customer about it, and what they may look at themselves.

Working days and the terms of delivery, the promise of each line and what it stands on, deliveries at risk, links. What
was ordered belongs to orders, what there is and what is due to stock.
"""
