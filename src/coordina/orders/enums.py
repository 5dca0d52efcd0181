"""Choices of orders."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """How far an order is; worked out from what happened to it, never written by hand."""

    RECEIVED = "received", pgettext_lazy("order", "Received")
    CONFIRMED = "confirmed", pgettext_lazy("order", "Confirmed")
    RESERVED = "reserved", pgettext_lazy("order", "Reserved")
    PICKED = "picked", pgettext_lazy("order", "Picked")
    PARTLY = "partly", pgettext_lazy("order", "Partly shipped")
    SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
    DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("order", "Receipt confirmed")
    CLOSED = "closed", pgettext_lazy("order", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


AHEAD = (State.CONFIRMED, State.RESERVED, State.PICKED, State.PARTLY)
"""States in which something is still to be sent."""
LIVE = (State.RECEIVED, *AHEAD)
"""States in which the rest can still be cancelled."""
ARRIVED = (State.DELIVERED, State.ACKNOWLEDGED)
"""States in which everything is with the customer."""
