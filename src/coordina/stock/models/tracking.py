"""Products whose batches or single pieces are told apart."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.stock.enums import Tracking


class TrackedProduct(Record):
    """That moves of a product must name its batch or serial number."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("product"), max_length=200, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    tracking = models.CharField(_("told apart"), max_length=6, choices=Tracking.choices, default=Tracking.BATCH)

    class Meta(Record.Meta):
        verbose_name = _("batches of a product")
        verbose_name_plural = _("batches and serial numbers")
        constraints = [models.UniqueConstraint(fields=["product"], name="tracked_product_once")]

    def __str__(self) -> str:
        return self.name
