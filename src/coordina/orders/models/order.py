"""Sales orders."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.catalog.enums import TaxRounding
from coordina.core.indexes import SortIndex
from coordina.customers.models import Address, Company, Person
from coordina.orders.enums import State
from coordina.pipeline.models import Opportunity
from coordina.records.models import Extensible
from coordina.stock.models import Warehouse

DERIVED = ("status", "net", "tax", "total", "value")
"""Columns that follow from the lines and from what happened."""


class Order(LookedAfter, Extensible):
    """What a customer ordered.

    Days are those of business, not of writing; an unknown day stays empty.

    Attributes:
        reference: Such as ORD-000123; never used again.
        status: How far it is; follows from its lines, its days and what stock holds for it.
        was: How far it was in the system it came from; empty for one that began here. Its goods moved there, not here.
        placed_on: Day the customer ordered. requested_on: Day the customer wants it.
        promised_on: The first day that was promised; never changed. expected_on: The promise in force.
        shipped_on, delivered_on: Day on which the last of it left and arrived; empty before.
        receipt_on: Day on which the customer confirmed the receipt.
        delivery_to: Where it goes, as it stood when it was confirmed.
        net, tax, total: Sums of the lines in `currency`; what is cancelled does not count.
        value: Net in the reporting currency, by the rate of the day it was placed.
        override_reason: Why it was confirmed although a check spoke against it. overridden: What the checks had said.
        tax_rounding: Where tax is rounded, kept with the rates of the lines.
    """

    title_column: ClassVar[str] = "reference"
    worked_out: ClassVar[frozenset[str]] = frozenset(DERIVED)
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"cancelled_on", "cancel_reason"}),
        frozenset({"override_reason", "overridden"}),
    )

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact")
    )
    opportunity = models.ForeignKey(
        Opportunity, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("opportunity")
    )
    customer_reference = models.CharField(_("customer’s reference"), max_length=60, blank=True, default="")
    status = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.RECEIVED, editable=False)
    was = models.CharField(
        _("state in the other system"), max_length=12, choices=State.choices, blank=True, default="", editable=False
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    prices_with_tax = models.BooleanField(_("prices with tax"), default=False)
    tax_rounding = models.CharField(
        _("rounding of tax"), max_length=4, choices=TaxRounding.choices, default=TaxRounding.PER_RATE, editable=False
    )
    net = models.DecimalField(_("net"), max_digits=16, decimal_places=2, default=0, editable=False)
    tax = models.DecimalField(_("tax"), max_digits=16, decimal_places=2, default=0, editable=False)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2, default=0, editable=False)
    value = models.DecimalField(
        _("net in the reporting currency"), max_digits=16, decimal_places=2, null=True, default=0, editable=False
    )
    placed_on = models.DateField(_("ordered on"), null=True, blank=True)
    requested_on = models.DateField(_("wanted on"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    expected_on = models.DateField(_("expected delivery"), null=True, editable=False)
    confirmed_on = models.DateField(_("confirmed on"), null=True, editable=False)
    picked_on = models.DateField(_("picked on"), null=True, editable=False)
    shipped_on = models.DateField(_("shipped on"), null=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, editable=False)
    receipt_on = models.DateField(_("receipt confirmed on"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    cancelled_on = models.DateField(_("cancelled on"), null=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, default="", editable=False)
    override_reason = models.CharField(_("why it was confirmed anyway"), max_length=300, default="", editable=False)
    overridden = models.TextField(_("what the checks had said"), default="", editable=False)
    warehouse = models.ForeignKey(
        Warehouse, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    address = models.ForeignKey(
        Address, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("delivery address")
    )
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
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [models.UniqueConstraint(fields=["reference"], name="order_reference_once")]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="order_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="order_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="order_team"),
            models.Index(fields=["status", "-changed_at", "-id"], name="order_status"),
            models.Index(fields=["company", "-placed_on", "-id"], name="order_company"),
            SortIndex(fields=["-placed_on", "-id"], name="order_placed"),
            SortIndex(fields=["-expected_on", "-id"], name="order_expected"),
            models.Index(fields=["status", "expected_on"], name="order_due"),
            models.Index(fields=["placed_on", "status", "value", "owner", "team"], name="order_booked"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def fixed(self) -> bool:
        """Whether what was agreed stands: it was confirmed or cancelled, here or elsewhere."""
        return self.confirmed_on is not None or self.cancelled_on is not None or bool(self.was)

    def work_out(self) -> frozenset[str]:
        """After an undo the figures follow by themselves, with those of the lines."""
        return frozenset({"status"})
