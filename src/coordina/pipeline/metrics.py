"""What is worth knowing of the pipeline: measures and the dimensions they are broken down by."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, Count, DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import Team
from coordina.accounts.tree import nodes, region_of
from coordina.core.metrics import DIMENSIONS, METRICS, Better, Dimension, Metric, Unit
from coordina.pipeline.enums import Status

OF = "opportunity"


def _value(where: Q) -> Any:
    return Sum("value", filter=where)


def _count(where: Q) -> Any:
    return Count("pk", filter=where)


def _weighted(where: Q) -> Any:
    money = DecimalField(max_digits=18, decimal_places=2)
    return Sum(F("value") * Coalesce(F("probability"), 0) / 100, output_field=money, filter=where)


def _cycle(where: Q) -> Any:
    return Avg("cycle_days", filter=where)


def _regions() -> Mapping[Any, tuple[Any, str]]:
    """The region of every team, by the nearest region at or above it."""
    found = region_of(nodes())
    names = dict(Team.objects.filter(pk__in=set(found.values())).values_list("pk", "name"))
    return {team: (region, names[region]) for team, region in found.items()}


for _metric in (
    Metric("pipeline.open_value", _("Open pipeline"), Unit.MONEY, OF, "status = open", _value,
           source=_("Sum of the amounts of open opportunities"), worked_from=("value",)),
    Metric("pipeline.weighted_value", _("Weighted pipeline"), Unit.MONEY, OF, "status = open", _weighted,
           source=_("Sum of amount × probability of open opportunities"), worked_from=("value", "probability")),
    Metric("pipeline.open_count", _("Open opportunities"), Unit.COUNT, OF, "status = open", _count),
    Metric("pipeline.won_value", _("Won"), Unit.MONEY, OF, "status = won", _value, time="closed_on",
           source=_("Sum of the amounts of won opportunities, by the day they were closed"), worked_from=("value",)),
    Metric("pipeline.won_count", _("Won opportunities"), Unit.COUNT, OF, "status = won", _count, time="closed_on"),
    Metric("pipeline.lost_count", _("Lost opportunities"), Unit.COUNT, OF, "status = lost", _count, time="closed_on",
           better=Better.DOWN),
    Metric("pipeline.win_rate", _("Win rate"), Unit.PERCENT, OF, "status = won", _count, time="closed_on",
           over="status in (won, lost)", source=_("Won ÷ (won + lost), by the day they were closed")),
    Metric("pipeline.mean_cycle", _("Sales cycle"), Unit.DAYS, OF, "status = won", _cycle, time="closed_on",
           better=Better.DOWN, source=_("Mean days from the first known day to the close, of won opportunities"),
           worked_from=("cycle_days",)),
):  # fmt: skip
    METRICS.add(_metric.name, _metric)

for _dimension in (
    Dimension("pipeline.stage", _("Stage"), OF, "stage", "stage_id", "stage__name",
              ("stage__pipeline__position", "stage__position")),
    Dimension("pipeline.owner", _("Person"), OF, "owner", "owner_id", "owner__name"),
    Dimension("pipeline.team", _("Team"), OF, "team", "team_id", "team__name"),
    Dimension("pipeline.region", _("Region"), OF, "team", "team_id", fold=_regions),
    Dimension("pipeline.reason", _("Reason"), OF, "reason", "reason_id", "reason__name"),
    Dimension("pipeline.industry", _("Industry"), OF, "company.industry", "company__industry_id",
              "company__industry__name"),
    Dimension("pipeline.source", _("Source"), OF, "source", "source"),
    Dimension("pipeline.status", _("Status"), OF, "status", "status", labels=dict(Status.choices)),
    Dimension("pipeline.close_month", _("Month of the close"), OF, "closed_on", "closed_on", span="month"),
):  # fmt: skip
    DIMENSIONS.add(_dimension.name, _dimension)
