"""What belongs to a lead: products of interest, its way through the funnel, what was handed over at conversion."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.leads.models.lead import Lead
from coordina.leads.models.stages import LeadStage


class LeadProduct(Record):
    """A product that a lead is interested in."""

    scope_parent: ClassVar[str] = "lead"
    title_column: ClassVar[str] = "product_id"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", verbose_name=_("lead"), editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))

    class Meta(Record.Meta):
        verbose_name = _("product of interest")
        verbose_name_plural = _("products of interest")
        constraints = [models.UniqueConstraint(fields=["lead", "product"], name="lead_product_once")]


class LeadEntry(Record):
    """That a lead entered a stage, and when it left it: its way through the funnel, kept for ever.

    Attributes:
        entered_on, left_on: Days of business; empty where nobody knows.
        position: Order within the lead, from 1.
        current: Whether it is the stage the lead is in now; exactly one entry of each lead is.
    """

    scope_parent: ClassVar[str] = "lead"
    undo_with_parent: ClassVar[str] = "stage_id"
    title_column: ClassVar[str] = "stage_id"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", verbose_name=_("lead"), editable=False)
    stage = models.ForeignKey(
        LeadStage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"), editable=False
    )
    position = models.PositiveIntegerField(editable=False)
    entered_on = models.DateField(_("entered on"), null=True, editable=False)
    left_on = models.DateField(_("left on"), null=True, editable=False)
    current = models.BooleanField(default=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("stage entry of a lead")
        verbose_name_plural = _("stage entries of leads")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=models.Q(current=True), name="lead_entry_current_once")
        ]


class Handover(Record):
    """That a note or file of a lead went to what the lead became, so that the lead still tells of it.

    Attributes:
        what: Label of the model of what was handed over, such as `records.Note`.
        object_id: Its id.
    """

    scope_parent: ClassVar[str] = "lead"
    title_column: ClassVar[str] = "what"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", verbose_name=_("lead"), editable=False)
    what = models.CharField(max_length=60, editable=False)
    object_id = models.BigIntegerField(editable=False)

    class Meta(Record.Meta):
        verbose_name = _("handover of a lead")
        verbose_name_plural = _("handovers of leads")
