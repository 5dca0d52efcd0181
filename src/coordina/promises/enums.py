"""Choices of promises."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Source(TextChoices):
    """What a promise stands on."""

    STOCK = "stock", pgettext_lazy("promise", "In stock")
    RECEIPT = "receipt", pgettext_lazy("promise", "On order from the supplier")
    SUPPLIER = "supplier", pgettext_lazy("promise", "To be ordered")
    UNKNOWN = "unknown", pgettext_lazy("promise", "Nobody knows")
