"""Shipments, what is in them, and what is told of where they are."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.indexes import SortIndex
from coordina.core.records import Record
from coordina.customers.models import Company
from coordina.orders.models import Order, OrderLine
from coordina.records.models import Extensible
from coordina.shipping.enums import News, State, Told
from coordina.shipping.models.carriers import Carrier
from coordina.stock.models import Warehouse
from coordina.stock.models.items import pieces


class Shipment(LookedAfter, Extensible):
    """Goods of an order that leave a warehouse together.

    Attributes:
        reference: Such as SHP-000123; never used again.
        company: The order's, so that lists need not ask for the order.
        weight: In kilograms.
        expected_on: Day it should arrive, by the carrier's times unless somebody said another.
        received_by: Who took it. trouble: Why it could not be delivered, or came back.
    """

    title_column: ClassVar[str] = "reference"
    locks_first: ClassVar[str] = "order"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"status", "shipped_on"}),
        frozenset({"status", "delivered_on", "received_by"}),
    )

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", verbose_name=_("order"))
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"), editable=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"), blank=True
    )
    carrier = models.ForeignKey(
        Carrier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("carrier")
    )
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True, default="")
    packages = models.PositiveSmallIntegerField(_("packages"), default=1)
    weight = models.DecimalField(_("weight in kg"), max_digits=9, decimal_places=3, null=True, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.PACKING, editable=False)
    shipped_on = models.DateField(_("shipped on"), null=True, editable=False)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, editable=False)
    received_by = models.CharField(_("received by"), max_length=160, blank=True, default="", editable=False)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True, default="", editable=False)
    delivery_to = models.TextField(_("where it goes"), blank=True, default="", max_length=1000)
    notes = models.TextField(_("notes"), blank=True, default="", max_length=20_000)
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
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [models.UniqueConstraint(fields=["reference"], name="shipment_reference_once")]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="shipment_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="shipment_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="shipment_team"),
            models.Index(fields=["status", "-changed_at", "-id"], name="shipment_status"),
            models.Index(fields=["tracking_number"], name="shipment_number", condition=~Q(tracking_number="")),
            SortIndex(fields=["-expected_on", "-id"], name="shipment_expected"),
            SortIndex(fields=["-shipped_on", "-id"], name="shipment_shipped"),
        ]

    def __str__(self) -> str:
        return self.reference


class ShipmentLine(Record):
    """Some of a line of an order in a shipment.

    Attributes:
        quantity: In the product's unit. returned: Of it, what came back.
    """

    scope_parent: ClassVar[str] = "shipment"
    locks_first: ClassVar[str] = "shipment"
    title_column: ClassVar[str] = "line_id"

    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, related_name="+", verbose_name=_("shipment"), editable=False
    )
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = pieces(_("quantity"))
    returned = pieces(_("returned"), default=Decimal(0), editable=False)

    class Meta(Record.Meta):
        verbose_name = _("line of a shipment")
        verbose_name_plural = _("lines of shipments")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(returned__gte=0) & Q(returned__lte=F("quantity")),
                name="shipment_line_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)


class TrackingEvent(Record):
    """Something that was told of a shipment on its way.

    Attributes:
        happened_at: When it happened, not when it was told.
        key: The carrier's own id of it: told twice, it is kept once.
    """

    scope_parent: ClassVar[str] = "shipment"
    locks_first: ClassVar[str] = "shipment"
    title_column: ClassVar[str] = "kind"

    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, related_name="+", verbose_name=_("shipment"), editable=False
    )
    kind = models.CharField(_("what happened"), max_length=16, choices=News.choices)
    happened_at = models.DateTimeField(_("when"))
    place = models.CharField(_("place"), max_length=160, blank=True, default="")
    text = models.CharField(_("in words"), max_length=300, blank=True, default="")
    told = models.CharField(_("who told it"), max_length=7, choices=Told.choices, default=Told.HAND, editable=False)
    key = models.CharField(max_length=120, blank=True, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "key"], condition=~Q(key=""), name="tracking_event_once")
        ]
        indexes = [models.Index(fields=["shipment", "-happened_at", "-id"], name="tracking_of")]

    def __str__(self) -> str:
        return str(News(self.kind).label)
