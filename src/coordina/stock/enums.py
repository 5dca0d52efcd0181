"""Choices of stock."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Place(TextChoices):
    """What a location is: a real one in a warehouse, or where stock comes from and goes to."""

    INSIDE = "inside", _("In a warehouse")
    SUPPLIER = "supplier", _("Suppliers")
    CUSTOMER = "customer", _("Customers")
    LOSS = "loss", _("Losses and differences")


class MoveKind(TextChoices):
    """Why stock moved."""

    RECEIPT = "receipt", pgettext_lazy("move", "Receipt")
    ISSUE = "issue", pgettext_lazy("move", "Issue")
    TRANSFER = "transfer", pgettext_lazy("move", "Transfer")
    COUNT = "count", pgettext_lazy("move", "Count")
    SCRAP = "scrap", pgettext_lazy("move", "Scrap")
    RETURN = "return", pgettext_lazy("move", "Return")
    REVERSAL = "reversal", pgettext_lazy("move", "Counter-move")


class Tracking(TextChoices):
    """How single pieces of a product are told apart."""

    BATCH = "batch", _("By batch")
    SERIAL = "serial", _("By serial number")


class Held(TextChoices):
    """Whether a reservation still holds stock."""

    ACTIVE = "active", pgettext_lazy("reservation", "Reserved")
    CONSUMED = "consumed", pgettext_lazy("reservation", "Delivered")
    RELEASED = "released", pgettext_lazy("reservation", "Released")


class Counted(TextChoices):
    """Whether a count has become a move."""

    DRAFT = "draft", _("To be booked")
    BOOKED = "booked", _("Booked")


class Purchase(TextChoices):
    """How far a purchase order is."""

    DRAFT = "draft", pgettext_lazy("purchase order", "Draft")
    SENT = "sent", pgettext_lazy("purchase order", "Sent")
    PARTLY = "partly", pgettext_lazy("purchase order", "Partly received")
    RECEIVED = "received", pgettext_lazy("purchase order", "Received")
    CANCELLED = "cancelled", pgettext_lazy("purchase order", "Cancelled")


DUE = (Purchase.SENT, Purchase.PARTLY)
"""States in which goods are expected."""
