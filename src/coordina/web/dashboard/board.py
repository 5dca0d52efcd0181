"""What the dashboard shows: tiles, breakdowns and the chart, worked out for one person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordina.core.filters import Asker
from coordina.core.formats import Formats
from coordina.core.metrics import METRICS, Better, Unit
from coordina.insights.figures import Figure, Number, Slice, breakdown, breakdowns, figures, open_to
from coordina.insights.periods import Period
from coordina.pipeline.stages import Stages

TILES = (
    "pipeline.won_value",
    "pipeline.win_rate",
    "pipeline.mean_cycle",
    "pipeline.open_value",
    "pipeline.weighted_value",
)
MOST_STAGES = 60
"""Stages of all pipelines together that the dashboard shows."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its change.

    Attributes:
        tone: `good` or `bad` by what is better for the figure, empty where nothing can be said.
    """

    label: str
    value: str
    unit: str
    url: str
    help: str
    change: str = ""
    tone: str = ""
    icon: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a breakdown, its length relative to the longest."""

    label: str
    text: str
    share: int
    url: str


def said(unit: Unit, value: Number, formats: Formats) -> tuple[str, str]:
    """A figure as people read it, and its unit."""
    if value is None:
        return "—", ""
    if unit is Unit.MONEY:
        return formats.money(value), ""
    if unit is Unit.PERCENT:
        return formats.percent(value, 2), ""
    if unit is Unit.DAYS:
        return formats.decimal(value, 1), _("days")
    if unit is Unit.HOURS:
        return formats.decimal(value, 1), _("hours")
    return formats.integer(int(value)), ""


def tiles(asker: Asker, formats: Formats, period: Period, narrowed: str, names: Sequence[str] = TILES) -> list[Tile]:
    """Figures in a row, compared with the same span a year before where the period has one; none of what is hidden."""
    names = [name for name in names if open_to(METRICS[name], asker.user)]
    before = period.before(asker.today)
    timed = [n for n in names if before and METRICS[n].time]
    asked = [*((n, period) for n in names), *((n, before) for n in timed)]
    found = figures(asked, asker, narrowed=narrowed)
    then = dict(zip(timed, found[len(names) :], strict=True))
    return [_tile(now, then.get(now.metric.name), formats) for now in found[: len(names)]]


def _tile(now: Figure, then: Figure | None, formats: Formats) -> Tile:
    value, unit = said(now.metric.unit, now.value, formats)
    tile = {
        "label": str(now.metric.label),
        "value": value,
        "unit": unit,
        "url": now.url,
        "help": str(now.metric.source),
    }
    if then is None or now.value is None or not then.value:
        return Tile(**tile)
    up = float(now.value) >= float(then.value)
    good = up == (now.metric.better is Better.UP)
    return Tile(
        **tile,
        change=_change(now.metric.unit, float(now.value), float(then.value), formats),
        tone="good" if good else "bad",
        icon="trending-up" if up else "trending-down",
        against=_("against a year before"),
    )


def _change(unit: Unit, now: float, then: float, formats: Formats) -> str:
    if unit is Unit.PERCENT:
        return _("%(number)s points") % {"number": formats.signed(round(now - then, 1), 1)}
    if unit is Unit.DAYS:
        return _("%(number)s days") % {"number": formats.signed(round(now - then, 1), 1)}
    if unit is Unit.HOURS:
        return _("%(number)s hours") % {"number": formats.signed(round(now - then, 1), 1)}
    return formats.signed(round(100 * (now - then) / then)) + " %"


def bars(
    names: Sequence[str],
    dimension: str,
    asker: Asker,
    formats: Formats,
    narrowed: str,
    period: Period | None = None,
    most: int = 12,
) -> list[list[Bar]]:
    """Breakdowns of some metrics by one dimension, as bars; none of what tells of something hidden."""
    told = [name for name in names if open_to(METRICS[name], asker.user, dimension)]
    found = breakdowns(told, dimension, asker, narrowed=narrowed, period=period, most=most) if told else {}
    return [_bars(METRICS[name].unit, found.get(name, ()), formats) for name in names]


def by_pipeline(asker: Asker, formats: Formats, narrowed: str) -> list[tuple[str, list[Bar]]]:
    """What is open in each stage, a group a pipeline; the name of the pipeline only where there are several."""
    metric = METRICS["pipeline.open_value"]
    if not open_to(metric, asker.user, "pipeline.stage"):
        return []
    found = breakdown(metric.name, "pipeline.stage", asker, narrowed=narrowed, most=MOST_STAGES)
    stages, groups = Stages().by_id, dict[str, list[Slice]]()
    for each in found:
        stage = stages.get(each.key) if isinstance(each.key, int) else None
        groups.setdefault(stage.pipeline.name if stage is not None else "", []).append(each)
    several = len(groups) > 1
    return [(name if several else "", _bars(metric.unit, slices, formats)) for name, slices in groups.items()]


def _bars(unit: Unit, slices: Sequence[Slice], formats: Formats) -> list[Bar]:
    longest = max((float(s.value or 0) for s in slices), default=0) or 1
    return [
        Bar(s.label, " ".join(said(unit, s.value, formats)).strip(), round(100 * float(s.value or 0) / longest), s.url)
        for s in slices
    ]


def months(asker: Asker, narrowed: str, period: Period) -> list[Slice]:
    """Won by month of the close; months without a sale between the first and the last are zero."""
    if not open_to(METRICS["pipeline.won_value"], asker.user, "pipeline.close_month"):
        return []
    found = breakdown("pipeline.won_value", "pipeline.close_month", asker, narrowed=narrowed, period=period, most=240)
    by_month = {s.key: s for s in found if isinstance(s.key, dt.date)}
    if not by_month:
        return []
    month, last = min(by_month), max(by_month)
    out: list[Slice] = []
    while month <= last:
        out.append(by_month.get(month) or Slice(month, "", 0, ""))
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return out


def chart(slices: Sequence[Slice], formats: Formats) -> dict[str, Any]:
    """Vega-Lite of won by month: bars with ordinal months, each opening its records."""
    one_year = len({s.key.year for s in slices}) == 1
    rows = [
        {
            "month": formats.month_short(s.key).replace(f" {s.key.year}", "")
            if one_year
            else formats.month_short(s.key),
            "value": float(s.value or 0),
            "url": s.url,
            "now": (s.key.year, s.key.month) == (formats.today.year, formats.today.month),
        }
        for s in slices
    ]
    thousands = pgettext("thousands on an axis", "k")
    axis = (
        "datum.value >= 1e6 ? format(datum.value / 1e6, '~r') + '\u00a0M' : datum.value >= 1e3"
        f" ? format(datum.value / 1e3, '~r') + '\u00a0{thousands}' : format(datum.value, '~r')"
    )
    return {
        "data": {"values": rows},
        "height": 220,
        "mark": {"type": "bar", "cursor": "pointer"},
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "sort": [r["month"] for r in rows], "title": None,
                  "axis": {"labelOverlap": "greedy"}},
            "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"labelExpr": axis}},
            "color": {"condition": {"test": "datum.now", "value": "@accent"}, "value": "@s3"},
        },
    }  # fmt: skip
