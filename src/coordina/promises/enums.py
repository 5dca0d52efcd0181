"""Choices of promises."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Source(TextChoices):
    """What a promise stands on."""

    STOCK = "stock", pgettext_lazy("promise", "In stock")
    RECEIPT = "receipt", pgettext_lazy("promise", "On order from the supplier")
    SUPPLIER = "supplier", pgettext_lazy("promise", "To be ordered")
    UNKNOWN = "unknown", pgettext_lazy("promise", "Nobody knows")


class Risk(TextChoices):
    """What became of a delivery that will be late."""

    OPEN = "open", pgettext_lazy("late delivery", "To be told")
    TOLD = "told", pgettext_lazy("late delivery", "Customer told")
    MOVED = "moved", pgettext_lazy("late delivery", "New day, not told")
    KEPT = "kept", pgettext_lazy("late delivery", "The day is kept")
    OVER = "over", pgettext_lazy("late delivery", "No longer late")


class Cause(TextChoices):
    """Why a delivery will be late."""

    SUPPLIER = "supplier", pgettext_lazy("late delivery", "The supplier delivers later")
    UNSENT = "unsent", pgettext_lazy("late delivery", "It has not left yet")
    UNORDERED = "unordered", pgettext_lazy("late delivery", "Nobody has ordered it from a supplier")
    UNKNOWN = "unknown", pgettext_lazy("late delivery", "Nobody knows when it comes")
