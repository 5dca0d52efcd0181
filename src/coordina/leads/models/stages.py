"""The steps of the funnel, and the reasons for disqualifying."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.leads.enums import Status


class LeadStage(Record):
    """A step of the funnel. Several may mean the same state, such as a first and a second try to reach somebody.

    Attributes:
        kind: The state that being in it means.
        ageing_days: Days after which a lead counts as stalled here; empty for never.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("meaning"), max_length=12, choices=Status.choices, default=Status.CONTACTED)
    ageing_days = models.PositiveIntegerField(_("days until stalled"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("stage of the lead funnel")
        verbose_name_plural = _("stages of the lead funnel")
        constraints = [models.UniqueConstraint(fields=["name"], name="lead_stage_name_once")]

    def __str__(self) -> str:
        return self.name


class LeadReason(Record):
    """Why a lead comes to nothing."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)

    class Meta(Record.Meta):
        verbose_name = _("reason for disqualifying")
        verbose_name_plural = _("reasons for disqualifying")
        constraints = [models.UniqueConstraint(fields=["name"], name="lead_reason_name_once")]

    def __str__(self) -> str:
        return self.name
