"""Opportunities."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.indexes import SortIndex
from coordina.customers.models import Company, Person
from coordina.pipeline import rules
from coordina.pipeline.enums import Status
from coordina.pipeline.models.stages import Pipeline, Reason, Stage
from coordina.records.models import Extensible


class Opportunity(LookedAfter, Extensible):
    """A sale that may come about.

    Dates are those of business, not of writing; an unknown date stays empty.

    Attributes:
        reference: Such as OPP-000123; never used again.
        amount: Expected or agreed value in `currency`, major units; empty while unknown.
        value: The same in the reporting currency, by the rate of the day it was written.
        probability: Per cent.
        opened_on: Day it began. entered_on: Day it entered its stage. closes_on: Day it is expected to close.
        closed_on: Day it was won or lost.
        cycle_days: From the first known day to `closed_on`; kept by the actions.
    """

    title_column: ClassVar[str] = "name"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"pipeline_id", "stage_id", "status", "entered_on", "closed_on"}),
        frozenset({"amount", "currency", "value"}),
    )
    worked_out: ClassVar[frozenset[str]] = frozenset({"cycle_days"})

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    name = models.CharField(_("name"), max_length=200)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("company")
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact")
    )
    pipeline = models.ForeignKey(
        Pipeline, on_delete=models.PROTECT, related_name="+", verbose_name=_("pipeline"), db_index=False
    )
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"), db_index=False
    )
    status = models.CharField(_("status"), max_length=5, choices=Status.choices, default=Status.OPEN, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    value = models.DecimalField(
        _("amount in the reporting currency"), max_digits=16, decimal_places=2, null=True, editable=False
    )
    probability = models.PositiveSmallIntegerField(_("probability"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    entered_on = models.DateField(_("in this stage since"), null=True, blank=True, editable=False)
    closes_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    cycle_days = models.IntegerField(_("sales cycle in days"), null=True, editable=False)
    reason = models.ForeignKey(
        Reason, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    outcome_note = models.TextField(_("what decided it"), blank=True, default="", max_length=20_000)
    source = models.CharField(_("source"), max_length=120, blank=True, default="")
    competitors = models.CharField(_("competitors"), max_length=300, blank=True, default="")
    next_step = models.CharField(_("next step"), max_length=200, blank=True, default="")
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True, default="", max_length=20_000)
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
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="opportunity_reference_once"),
            models.CheckConstraint(
                condition=Q(probability__lte=100) | Q(probability=None), name="opportunity_per_cent"
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="opp_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="opp_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="opp_team"),
            SortIndex(
                fields=["stage", "-closes_on", "-id", "team", "owner", "value", "probability", "entered_on"],
                name="opp_stage",  # cards in order, and everything that a filtered board sums
            ),
            SortIndex(fields=["owner", "stage", "-closes_on", "-id"], name="opp_own_stage"),
            SortIndex(fields=["team", "stage", "-closes_on", "-id"], name="opp_team_stage"),
            models.Index(fields=["stage", "-changed_at", "-id"], name="opp_stage_new"),
            models.Index(
                fields=["team", "status", "amount", "closes_on", "closed_on", "value"],
                name="opp_team_facts",  # what a manager filters, sorts and sums by, without reading the rows
            ),
            models.Index(fields=["status", "closed_on", "value", "owner", "team"], name="opp_closed"),
            models.Index(fields=["status", "-changed_at", "-id"], name="opp_status"),
            SortIndex(fields=["status", "-closes_on", "-id"], name="opp_status_closes"),
            SortIndex(fields=["-amount", "-id"], name="opp_amount"),
            models.Index(fields=["name", "id"], name="opp_name"),
            models.Index(fields=["pipeline", "status", "stage", "value", "probability"], name="opp_board"),
            models.Index(fields=["next_step_on"], name="opp_step_day", condition=Q(status="open")),
            models.Index(fields=["stage", "entered_on"], name="opp_stalled", condition=Q(status="open")),
        ]

    def __str__(self) -> str:
        return self.name

    def work_out(self) -> frozenset[str]:
        """Set the sales cycle from the days as they stand, and the certain probability of what is closed."""
        from coordina.pipeline.models.parts import StageEntry

        first = None
        if self.closed_on is not None and self.opened_on is None:
            known = StageEntry.objects.filter(opportunity_id=self.pk, entered_on__isnull=False)
            first = known.order_by("position").values_list("entered_on", flat=True).first()
        self.cycle_days = rules.cycle_days(self.opened_on, first, self.closed_on)
        if self.status != Status.OPEN:
            self.probability = rules.next_probability(self.status, 0)
        return frozenset({"cycle_days", "probability"})
