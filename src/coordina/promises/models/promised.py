"""What the promise of an order stands on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.orders.models import Order, OrderLine
from coordina.promises.enums import Source
from coordina.stock.models import PurchaseOrder, Warehouse
from coordina.stock.models.items import pieces


class Promise(Record):
    """Some of a line with what it comes from and when it arrives: from a warehouse, or with a receipt it waits for.

    Attributes:
        source: What it stands on.
        warehouse: Where it leaves from; empty while nobody knows.
        purchase: The purchase order that brings it.
        ready_on: Day on which it is due; empty for what is there. arrives_on: Empty while nobody knows.
    """

    scope_parent: ClassVar[str] = "order"
    title_column: ClassVar[str] = "order_id"

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="+", verbose_name=_("order"), editable=False
    )
    line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, related_name="+", verbose_name=_("line of an order"), editable=False
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"), db_index=False
    )
    quantity = pieces(_("quantity"))
    source = models.CharField(_("stands on"), max_length=8, choices=Source.choices)
    warehouse = models.ForeignKey(
        Warehouse, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    purchase = models.ForeignKey(
        PurchaseOrder, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("purchase order")
    )
    ready_on = models.DateField(_("due on"), null=True)
    arrives_on = models.DateField(_("arrives on"), null=True)

    class Meta(Record.Meta):
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="promise_above_zero")]
        indexes = [models.Index(fields=["product", "source"], name="promise_product")]
