"""The team's figures beside the cockpit: sums that are kept, and what was won this month; each opens its records."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.metrics import METRICS
from coordina.core.refusals import Text
from coordina.core.types import TYPES
from coordina.insights.figures import address, figures, open_to
from coordina.insights.periods import chosen, periods
from coordina.pipeline import rules
from coordina.pipeline.queries import sums_of
from coordina.pipeline.stages import Stages


@dataclass(frozen=True, slots=True)
class Number:
    """One figure, and the list behind it."""

    label: Text
    value: str
    help: Text
    url: str


def team_figures(request: Any) -> list[Number]:
    """Won this month, open, weighted, and how many: over all that the reader sees."""
    if not request.user.may(TYPES["opportunity"].model.view_permission()):
        return []
    formats, today = request.formats, request.asker.today
    month = chosen("month", periods(today))
    metric = METRICS["pipeline.won_value"]
    narrowed = f"{metric.where} and {month.condition(metric.time)}"  # so that an index gives the rows of the month
    told = open_to(metric, request.user)
    won = figures([(metric.name, month)], request.asker, narrowed=narrowed)[0].value if told else None
    stages = [stage for stage in Stages().all if stage.kind == rules.OPEN]
    sums = sums_of(stages, request.user, today).values()
    kept = (
        ("pipeline.open_value", formats.money(sum((s.value or Decimal(0) for s in sums), Decimal(0)))),
        ("pipeline.weighted_value", formats.money(sum((s.weighted or Decimal(0) for s in sums), Decimal(0)))),
        ("pipeline.open_count", formats.integer(sum(s.count for s in sums))),
    )
    url = address(metric, period=month)
    first = [Number(_("Won this month"), formats.money(won or 0), metric.source, url)] if told else []
    return [*first, *(_number(name, value) for name, value in kept if open_to(METRICS[name], request.user))]


def _number(name: str, value: str) -> Number:
    metric = METRICS[name]
    return Number(metric.label, value, metric.source, address(metric))
