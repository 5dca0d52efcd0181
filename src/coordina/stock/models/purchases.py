"""Purchase orders and their lines."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.catalog.models import Product
from coordina.core.indexes import SortIndex
from coordina.core.records import Record
from coordina.records.models import Extensible
from coordina.stock.enums import Purchase
from coordina.stock.models.items import pieces
from coordina.stock.models.places import Warehouse
from coordina.stock.models.suppliers import Supplier


class PurchaseOrder(LookedAfter, Extensible):
    """What was ordered from a supplier for a warehouse.

    Attributes:
        reference: Such as PUR-000123; never used again.
        supplier_reference: The supplier's own number of it.
        ordered_on: Day it was sent. expected_on: Day the goods are due.
        why: What it was made for, such as a proposal of the replenishment.
    """

    title_column: ClassVar[str] = "reference"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"status", "ordered_on"}),)

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    status = models.CharField(
        _("status"), max_length=9, choices=Purchase.choices, default=Purchase.DRAFT, editable=False
    )
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True, editable=False)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    supplier_reference = models.CharField(_("supplier’s reference"), max_length=60, blank=True, default="")
    why = models.CharField(_("why"), max_length=300, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        blank=True,
        db_index=False,
    )

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        constraints = [models.UniqueConstraint(fields=["reference"], name="purchase_order_reference_once")]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="purchase_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="purchase_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="purchase_team"),
            models.Index(fields=["status", "-changed_at", "-id"], name="purchase_status"),
            SortIndex(fields=["-expected_on", "-id"], name="purchase_expected"),
        ]

    def __str__(self) -> str:
        return self.reference


class PurchaseLine(Record):
    """A product in a purchase order.

    Attributes:
        quantity: Ordered. received: Come so far; more than ordered where the supplier sent more.
        unit_price: Without tax, in the supplier's currency.
        closed: Whether nothing more of it is expected.
    """

    scope_parent: ClassVar[str] = "purchase"
    title_column: ClassVar[str] = "product_id"

    purchase = models.ForeignKey(
        PurchaseOrder, on_delete=models.CASCADE, related_name="+", verbose_name=_("purchase order"), editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = pieces(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, null=True, blank=True)
    received = pieces(_("received"), default=Decimal(0), editable=False)
    closed = models.BooleanField(_("nothing more is expected"), default=False, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("product of a purchase order")
        verbose_name_plural = _("products of purchase orders")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0) & Q(received__gte=0), name="purchase_line_above_zero")
        ]
        indexes = [
            models.Index(
                fields=["product", "purchase"],
                name="purchase_line_open",
                condition=Q(closed=False) & Q(received__lt=F("quantity")),
            )
        ]

    @property
    def open(self) -> Decimal:
        """What is still to come, in the product's unit."""
        return Decimal(0) if self.closed else max(self.quantity - self.received, Decimal(0))
