"""Leads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.indexes import SortIndex
from coordina.customers.models import Company, Contactable, Industry, Person
from coordina.leads import rules
from coordina.leads.enums import Status
from coordina.leads.models.stages import LeadReason, LeadStage
from coordina.pipeline.models import Opportunity
from coordina.records.models import Extensible


class Lead(LookedAfter, Contactable, Extensible):
    """Somebody who might buy, before it is known whether it is worth a sale. It stays after conversion, as history.

    Attributes:
        reference: Such as LEA-000123; never used again.
        title: What it is called in lists: the person, else the company, else how to reach them; worked out.
        phone, mobile: E.164.
        amount: What it might be worth in `currency`, major units; empty while unknown.
        tracking: Parameters of the address they came by, as they were given.
        received_at: When they came to us, in business. first_touch_at: When we were first in touch.
        touch_minutes: From the one to the other; worked out, empty while unknown.
        entered_on: Day it entered its stage. closed_on: Day it was converted or disqualified.
        company, person, opportunity: What it became.
    """

    title_column: ClassVar[str] = "title"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"stage_id", "status", "entered_on", "closed_on", "reason_id"}),
        frozenset({"amount", "currency"}),
    )
    worked_out: ClassVar[frozenset[str]] = frozenset({"title", "touch_minutes"})

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    title = models.CharField(_("lead"), max_length=200, editable=False)
    name = models.CharField(_("name of the person"), max_length=200, blank=True, default="")
    company_name = models.CharField(_("name of the company"), max_length=200, blank=True, default="")
    job_title = models.CharField(_("job title"), max_length=150, blank=True, default="")
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    mobile = models.CharField(_("mobile"), max_length=40, blank=True, default="")
    website = models.URLField(_("website"), max_length=300, blank=True, default="")
    tax_id = models.CharField(_("tax id"), max_length=40, blank=True, default="")
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    region = models.CharField(_("province or state"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    industry = models.ForeignKey(
        Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("industry")
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=16, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True, default="")
    campaign = models.CharField(_("campaign"), max_length=200, blank=True, default="")
    tracking = models.CharField(_("UTM parameters"), max_length=500, blank=True, default="")
    amount = models.DecimalField(_("estimated value"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="", max_length=20_000)
    stage = models.ForeignKey(
        LeadStage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"), db_index=False
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.NEW, editable=False)
    entered_on = models.DateField(_("in this stage since"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("converted or disqualified on"), null=True, blank=True, editable=False)
    reason = models.ForeignKey(
        LeadReason,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reason for disqualifying"),
        editable=False,
    )
    outcome_note = models.TextField(_("what decided it"), blank=True, default="", max_length=20_000)
    received_at = models.DateTimeField(_("received"), blank=True)
    first_touch_at = models.DateTimeField(_("first touch"), null=True, blank=True)
    touch_minutes = models.IntegerField(_("minutes to the first touch"), null=True, editable=False)
    next_step = models.CharField(_("next step"), max_length=200, blank=True, default="")
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    company = models.ForeignKey(
        Company,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("company it became"),
        editable=False,
    )
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("contact it became"),
        editable=False,
    )
    opportunity = models.ForeignKey(
        Opportunity,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("opportunity it became"),
        editable=False,
    )

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [models.UniqueConstraint(fields=["reference"], name="lead_reference_once")]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="lead_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="lead_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="lead_team"),
            models.Index(fields=["stage", "-received_at", "-id"], name="lead_stage"),
            models.Index(fields=["owner", "stage", "-received_at", "-id"], name="lead_own_stage"),
            models.Index(fields=["team", "stage", "-received_at", "-id"], name="lead_team_stage"),
            models.Index(fields=["status", "-changed_at", "-id"], name="lead_status"),
            models.Index(fields=["-received_at", "-id"], name="lead_received"),
            models.Index(fields=["title", "id"], name="lead_title"),
            models.Index(fields=["email"], name="lead_email"),
            SortIndex(fields=["-amount", "-id"], name="lead_amount"),
            SortIndex(fields=["status", "-next_step_on", "-id"], name="lead_next"),
        ]

    def __str__(self) -> str:
        return self.title

    def work_out(self) -> frozenset[str]:
        """Set the title and the time to the first touch from what they follow from."""
        self.title = rules.title_of(
            self.name, self.company_name, self.email, self.mobile or self.phone, self.website, self.reference
        )
        self.touch_minutes = rules.minutes_between(self.received_at, self.first_touch_at)
        return self.worked_out
