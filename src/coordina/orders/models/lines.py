"""Lines of orders."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.orders.models.order import Order
from coordina.stock.models.items import pieces

DERIVED = ("tax_name", "tax_rate", "surcharge_name", "surcharge_rate", "mention", "net", "tax", "reserved")
"""Columns that follow from the others, from the customer and from what stock holds."""


class OrderLine(Record):
    """A product in an order.

    Attributes:
        description: What it is called for the customer; empty: as the product.
        unit_price: In the order's currency, with tax where the order's prices are; empty while unknown.
        discount: In per cent.
        tax_rate, surcharge_rate: In per cent, with their names on papers; a tax of None is not known. They follow the
            customer while the order is a draft and stay once it is confirmed.
        mention: What papers say where no tax is charged; see `catalog.taxation.Mention`.
        net, tax: Its share of the order's sums.
        expected_on: Promised for this line; empty: as the order.
        reserved: What stock holds for it now.
        shipped, delivered, returned, cancelled: So far, in the product's unit.
        shipped_on, delivered_on: Last day on which some of it left and arrived.
    """

    scope_parent: ClassVar[str] = "order"
    locks_first: ClassVar[str] = "order"
    title_column: ClassVar[str] = "product_id"
    worked_out: ClassVar[frozenset[str]] = frozenset(DERIVED)

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="+", verbose_name=_("order"), editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300, blank=True, default="")
    quantity = pieces(_("quantity"), default=Decimal(1))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, null=True, blank=True)
    discount = models.DecimalField(_("discount"), max_digits=5, decimal_places=2, default=0)
    tax_name = models.CharField(max_length=40, default="", editable=False)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=5, decimal_places=2, null=True, editable=False)
    surcharge_name = models.CharField(max_length=40, default="", editable=False)
    surcharge_rate = models.DecimalField(_("surcharge"), max_digits=5, decimal_places=2, default=0, editable=False)
    mention = models.CharField(max_length=20, default="", editable=False)
    net = models.DecimalField(_("net"), max_digits=16, decimal_places=2, default=0, editable=False)
    tax = models.DecimalField(_("tax"), max_digits=16, decimal_places=2, default=0, editable=False)
    expected_on = models.DateField(_("expected delivery"), null=True, editable=False)
    reserved = pieces(_("reserved"), default=Decimal(0), editable=False)
    shipped = pieces(_("shipped"), default=Decimal(0), editable=False)
    delivered = pieces(_("delivered"), default=Decimal(0), editable=False)
    returned = pieces(_("returned"), default=Decimal(0), editable=False)
    cancelled = pieces(_("cancelled"), default=Decimal(0), editable=False)
    shipped_on = models.DateField(_("shipped on"), null=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                & Q(cancelled__gte=0)
                & Q(shipped__gte=0)
                & Q(shipped__lte=F("quantity") - F("cancelled"))
                & Q(delivered__gte=0)
                & Q(delivered__lte=F("shipped"))
                & Q(returned__gte=0)
                & Q(returned__lte=F("shipped")),
                name="order_line_in_order",
            ),
            models.CheckConstraint(condition=Q(discount__gte=0) & Q(discount__lte=100), name="order_line_discount"),
        ]
        indexes = [models.Index(fields=["product", "order"], name="order_line_product")]

    @property
    def wanted(self) -> Decimal:
        """Ordered and not cancelled."""
        return self.quantity - self.cancelled

    @property
    def open(self) -> Decimal:
        """What is still to be sent, in the product's unit."""
        return max(self.wanted - self.shipped, Decimal(0))

    @property
    def rates(self) -> tuple[tuple[str, Decimal], ...]:
        """Name and per cent of each tax on it."""
        if self.tax_rate is None or not self.tax_name:
            return ()
        found = ((self.tax_name, self.tax_rate),)
        return (*found, (self.surcharge_name, self.surcharge_rate)) if self.surcharge_rate else found
