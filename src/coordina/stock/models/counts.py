"""Counts: what somebody found on the shelf. Booked, the difference becomes a move."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.stock.enums import Counted
from coordina.stock.models.items import pieces
from coordina.stock.models.places import Location, Warehouse


class StockCount(Record):
    """What was counted of a product at a place.

    Attributes:
        name: Of the product, for lists.
        location: Where in the warehouse; its first location where none is given.
        counted: What is there, in the product's unit.
        expected: What the moves said when it was booked. difference: Counted less expected.
        reason: Why they differ.
    """

    locks_first: ClassVar[str] = "product"
    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("product"), max_length=200, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("location")
    )
    batch = models.CharField(_("batch or serial number"), max_length=60, blank=True, default="")
    counted = pieces(_("counted"))
    counted_on = models.DateField(_("counted on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    status = models.CharField(_("status"), max_length=6, choices=Counted.choices, default=Counted.DRAFT, editable=False)
    expected = pieces(_("expected"), null=True, editable=False)
    difference = pieces(_("difference"), null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("counted by"),
        editable=False,
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="stock_count_new"),
            models.Index(fields=["status", "-changed_at", "-id"], name="stock_count_status"),
        ]

    def __str__(self) -> str:
        return self.name
