"""Choices of shipping."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """How far a shipment is."""

    PACKING = "packing", pgettext_lazy("shipment", "Being packed")
    SHIPPED = "shipped", pgettext_lazy("shipment", "Shipped")
    TRANSIT = "transit", pgettext_lazy("shipment", "In transit")
    DELIVERED = "delivered", pgettext_lazy("shipment", "Delivered")
    FAILED = "failed", pgettext_lazy("shipment", "Delivery failed")
    RETURNED = "returned", pgettext_lazy("shipment", "Returned")
    CANCELLED = "cancelled", pgettext_lazy("shipment", "Cancelled")


AWAY = (State.SHIPPED, State.TRANSIT, State.FAILED)
"""States in which it is with the carrier."""
LEFT = (*AWAY, State.DELIVERED)
"""States in which it can come back."""


class News(TextChoices):
    """What a carrier tells of a shipment."""

    PICKED_UP = "picked_up", pgettext_lazy("tracking", "Picked up")
    TRANSIT = "in_transit", pgettext_lazy("tracking", "In transit")
    OUT = "out_for_delivery", pgettext_lazy("tracking", "Out for delivery")
    DELIVERED = "delivered", pgettext_lazy("tracking", "Delivered")
    FAILED = "failed", pgettext_lazy("tracking", "Delivery failed")
    RETURNED = "returned", pgettext_lazy("tracking", "On its way back")
    NOTE = "note", pgettext_lazy("tracking", "Note")


class Told(TextChoices):
    """Who told it."""

    HAND = "hand", _("By hand")
    FILE = "file", _("By a file")
    CARRIER = "carrier", _("By the carrier")
