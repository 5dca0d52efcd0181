"""What of a product is in a warehouse."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.catalog.models import Product
from coordina.core.indexes import SortIndex
from coordina.core.records import Record
from coordina.stock.models.places import Location, Warehouse


def pieces(label: object, **said: object) -> "models.DecimalField[Decimal, Decimal]":
    """A column of pieces in the product's unit."""
    return models.DecimalField(label, max_digits=14, decimal_places=3, **said)  # type: ignore[arg-type, misc]  # whatever a column takes


class StockItem(LookedAfter, Record):
    """A product in a warehouse: its figures, and from which stock on it is ordered again.

    The figures follow every move, reservation and purchase in its transaction; nobody writes them by hand.

    Attributes:
        name: Of the product, for lists and search.
        on_hand: Sum of all moves into the warehouse and out of it, in the product's unit.
        reserved: Of these, promised to somebody.
        available: What is left of them.
        incoming: Ordered from suppliers and not yet there.
        next_receipt_on: The nearest day on which something is due; empty where nothing is.
        reorder_point: Stock at or below which it is ordered again; empty where nobody watches it.
        low: Whether available and incoming together are at or below that.
        low_since: Day since which it is so.
        moved_on: Day of the last move.
    """

    locks_first: ClassVar[str] = "product"
    worked_out: ClassVar[frozenset[str]] = frozenset(
        {
            *("name", "on_hand", "reserved", "available", "incoming", "next_receipt_on", "low", "low_since"),
            "moved_on",
        }
    )

    name = models.CharField(_("name"), max_length=200, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    on_hand = pieces(_("on hand"), default=Decimal(0), editable=False)
    reserved = pieces(_("reserved"), default=Decimal(0), editable=False)
    available = pieces(_("available"), default=Decimal(0), editable=False)
    incoming = pieces(_("incoming"), default=Decimal(0), editable=False)
    next_receipt_on = models.DateField(_("next receipt"), null=True, editable=False)
    reorder_point = pieces(_("reorder point"), null=True, blank=True)
    low = models.BooleanField(_("to be reordered"), default=False, editable=False)
    low_since = models.DateField(_("to be reordered since"), null=True, editable=False)
    moved_on = models.DateField(_("last move"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("stock of a product")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_item_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")), name="stock_never_sold_twice"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="stock_item_name"),
            models.Index(fields=["-changed_at", "-id"], name="stock_item_new"),
            models.Index(fields=["warehouse", "name", "id"], name="stock_item_there"),
            models.Index(fields=["low", "name", "id"], name="stock_item_low"),
            SortIndex(fields=["-moved_on", "-id"], name="stock_item_moved"),
            models.Index(fields=["-available", "-id"], name="stock_item_available"),
        ]

    def __str__(self) -> str:
        return self.name

    def work_out(self) -> frozenset[str]:
        """Judge again whether it is to be ordered, after undo put the reorder point back."""
        self.judge(None)
        return frozenset({"low", "low_since", "available"})

    def judge(self, day: date | None) -> None:
        """Set what follows from the figures: what is available, and whether it is to be ordered again.

        Args:
            day: Since when, where it was not so before; None for unknown.
        """
        self.available = self.on_hand - self.reserved
        self.low = self.reorder_point is not None and self.available + self.incoming <= self.reorder_point
        self.low_since = (self.low_since or day) if self.low else None


class Balance(models.Model):
    """What of a product, and of one batch, is at a location: the sum of its moves. A derived table, no record.

    Attributes:
        batch: Batch or serial number; empty where the product has none.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    batch = models.CharField(max_length=60, blank=True, default="")
    on_hand = pieces("on hand", default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "location", "batch"], name="balance_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="balance_not_below_zero"),
        ]
