"""What is worth knowing of leads: measures and the dimensions they are broken down by."""

from typing import Any

from django.db.models import Avg, Count, FloatField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from coordina.core.metrics import DIMENSIONS, METRICS, Better, Dimension, Metric, Unit
from coordina.leads.enums import Status

OF = "lead"


def _count(where: Q) -> Any:
    return Count("pk", filter=where)


def _hours(where: Q) -> Any:
    return Avg(Cast("touch_minutes", FloatField()) / 60.0, filter=where, output_field=FloatField())


for _metric in (
    Metric("leads.received", _("Leads"), Unit.COUNT, OF, "received_at is not empty", _count, time="received_at",
           source=_("Leads by the day they came")),
    Metric("leads.open", _("Open leads"), Unit.COUNT, OF, "status in (new, contacted, qualified)", _count,
           better=Better.NEITHER),
    Metric("leads.unowned", _("Leads without an owner"), Unit.COUNT, OF,
           "status in (new, contacted, qualified) and owner is empty", _count, better=Better.DOWN),
    Metric("leads.converted", _("Converted leads"), Unit.COUNT, OF, "status = converted", _count, time="received_at",
           source=_("Converted leads, by the day they came")),
    Metric("leads.conversion_rate", _("Conversion rate"), Unit.PERCENT, OF, "status = converted", _count,
           time="received_at", over="received_at is not empty",
           source=_("Converted ÷ all leads that came in the period; young ones may still convert")),
    Metric("leads.first_touch", _("Time to the first touch"), Unit.HOURS, OF, "touch_minutes is not empty", _hours,
           time="received_at", better=Better.DOWN,
           source=_("Mean hours from the moment they came to our first interaction"), worked_from=("touch_minutes",)),
    Metric("leads.disqualified", _("Disqualified leads"), Unit.COUNT, OF, "status = disqualified", _count,
           time="closed_on", better=Better.DOWN),
):  # fmt: skip
    METRICS.add(_metric.name, _metric)

for _dimension in (
    Dimension("leads.source", _("Source"), OF, "source", "source"),
    Dimension("leads.campaign", _("Campaign"), OF, "campaign", "campaign"),
    Dimension("leads.reason", _("Reason for disqualifying"), OF, "reason", "reason_id", "reason__name"),
    Dimension("leads.owner", _("Person"), OF, "owner", "owner_id", "owner__name"),
    Dimension("leads.team", _("Team"), OF, "team", "team_id", "team__name"),
    Dimension("leads.stage", _("Stage"), OF, "stage", "stage_id", "stage__name", ("stage__position",)),
    Dimension("leads.status", _("Status"), OF, "status", "status", labels=dict(Status.choices)),
    Dimension("leads.month", _("Month they came"), OF, "received_at", "received_at", span="month"),
):  # fmt: skip
    DIMENSIONS.add(_dimension.name, _dimension)
