"""What belongs to an opportunity: its products, the people in the purchase, its way through the stages."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.customers.enums import PurchaseRole
from coordina.customers.models import Person
from coordina.pipeline.enums import Attitude
from coordina.pipeline.models.opportunity import Opportunity
from coordina.pipeline.models.stages import Stage


class OpportunityLine(Record):
    """A product in an opportunity.

    Attributes:
        unit_price: In the opportunity's currency, without tax; empty while unknown.
    """

    scope_parent: ClassVar[str] = "opportunity"
    title_column: ClassVar[str] = "product_id"

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="+", verbose_name=_("opportunity"), editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("product of an opportunity")
        verbose_name_plural = _("products of opportunities")


class Stakeholder(Record):
    """A person who takes part in a purchase."""

    scope_parent: ClassVar[str] = "opportunity"
    title_column: ClassVar[str] = "person_id"

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="+", verbose_name=_("opportunity"), editable=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact"))
    role = models.CharField(
        _("role in the purchase"), max_length=12, choices=PurchaseRole.choices, default=PurchaseRole.UNKNOWN
    )
    attitude = models.CharField(_("attitude"), max_length=10, choices=Attitude.choices, default=Attitude.UNKNOWN)

    class Meta(Record.Meta):
        verbose_name = _("person in a purchase")
        verbose_name_plural = _("people in purchases")
        constraints = [models.UniqueConstraint(fields=["opportunity", "person"], name="stakeholder_once")]


class StageEntry(Record):
    """That an opportunity entered a stage, and when it left it: its way through the pipeline, kept for ever.

    Attributes:
        entered_on, left_on: Days of business; empty where nobody knows.
        position: Order within the opportunity, from 1.
        current: Whether it is the stage the opportunity is in now; exactly one entry of each opportunity is.
    """

    scope_parent: ClassVar[str] = "opportunity"
    undo_with_parent: ClassVar[str] = "stage_id"
    title_column: ClassVar[str] = "stage_id"

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="+", verbose_name=_("opportunity"), editable=False
    )
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"), editable=False
    )
    position = models.PositiveIntegerField(editable=False)
    entered_on = models.DateField(_("entered on"), null=True, editable=False)
    left_on = models.DateField(_("left on"), null=True, editable=False)
    current = models.BooleanField(default=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("stage entry")
        verbose_name_plural = _("stage entries")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"], condition=models.Q(current=True), name="stage_entry_current_once"
            )
        ]
