"""Working out declared metrics over the records somebody may see; every number carries the filter that opens them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.metrics import DIMENSIONS, METRICS, Dimension, Metric, Unit
from coordina.core.refusals import Text
from coordina.core.types import TYPES
from coordina.insights.periods import Period
from coordina.records.vocabularies import vocabulary_of

type Number = Decimal | float | int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and the records behind it.

    Attributes:
        value: None where nothing can be said, such as a rate of nothing.
        url: The list that shows exactly these records.
    """

    metric: Metric
    value: Number
    url: str


@dataclass(frozen=True, slots=True)
class Slice:
    """One group of a breakdown.

    Attributes:
        key: Value it is grouped by; None for records without one.
    """

    key: Any
    label: str
    value: Number
    url: str


def figure(name: str, asker: Asker, *, narrowed: str = "", period: Period | None = None) -> Figure:
    """A metric over the records the asker may see.

    Args:
        name: Of the metric.
        asker: Who asks, and when.
        narrowed: A further condition in the filter language.
        period: A span of days on the metric's time field; a metric of now does not heed it.
    """
    metric = METRICS[name]
    value = _rows(metric, metric.where, asker, narrowed, period).aggregate(x=metric.measure())["x"]
    if metric.over:
        value = _ratio(value, _rows(metric, metric.over, asker, narrowed, period).aggregate(x=metric.measure())["x"])
    return Figure(metric, _settled(metric, value), address(metric, narrowed, period))


def breakdown(
    name: str, dimension: str, asker: Asker, *, narrowed: str = "", period: Period | None = None, most: int = 100
) -> list[Slice]:
    """A metric by a dimension: in the dimension's own order, else the largest first.

    Args:
        most: Groups at most; what is beyond is left out.
    """
    metric, by = METRICS[name], DIMENSIONS[dimension]
    groups = _grouped(metric, metric.where, by, asker, narrowed, period)
    if metric.over:
        whole = {key: value for key, _label, value in _grouped(metric, metric.over, by, asker, narrowed, period)}
        labels = {key: label for key, label, _value in groups}
        parts = {key: value for key, _label, value in groups}
        groups = [(key, labels.get(key, ""), _ratio(parts.get(key, 0), n)) for key, n in whole.items() if n]
    found = [
        Slice(key, str(label or _("None")), _settled(metric, value), _slice_address(metric, by, key, narrowed, period))
        for key, label, value in groups
    ]
    if not by.order_paths and not by.span:
        found.sort(key=lambda s: -(s.value or 0))
    return found[:most]


def _rows(metric: Metric, where: str, asker: Asker, narrowed: str, period: Period | None) -> QuerySet[Any]:
    """The records of a metric: those the asker sees, that meet its condition, in the period."""
    known = TYPES[metric.of]
    vocabulary = vocabulary_of(known)
    rows: QuerySet[Any] = known.model.objects.visible_to(asker.user)
    condition = Q()
    for text in (where, narrowed, _timed(metric, period)):
        condition &= compile_filter(parse(text), vocabulary, asker)
    return rows.filter(condition)


def _timed(metric: Metric, period: Period | None) -> str:
    return period.condition(metric.time) if period is not None and metric.time else ""


def _grouped(
    metric: Metric, where: str, by: Dimension, asker: Asker, narrowed: str, period: Period | None
) -> list[tuple[Any, Text, Number]]:
    """Key, label and number of each group."""
    rows = _rows(metric, where, asker, narrowed, period)
    if by.span == "month":
        months = rows.exclude(**{by.path: None}).annotate(key=TruncMonth(by.path)).values("key")
        counted = months.annotate(x=metric.measure()).order_by("key").values_list("key", "x")
        return [(month, "", value) for month, value in counted]
    extra = [*([by.label_path] if by.label_path else []), *by.order_paths]
    order = (*by.order_paths, by.path)
    found = list(rows.values_list(by.path, *extra).annotate(x=metric.measure()).order_by(*order))
    if by.fold is not None:
        return _folded(metric, [(row[0], row[-1]) for row in found], by.fold())
    if not by.label_path:
        return [(row[0], by.labels.get(row[0], str(row[0] or "")), row[-1]) for row in found]
    return [(row[0], row[1] or "", row[-1]) for row in found]


def _folded(
    metric: Metric, found: list[tuple[Any, Number]], fold: Mapping[Any, tuple[Any, str]]
) -> list[tuple[Any, Text, Number]]:
    """Groups put together. Means cannot be added up: such a metric is not folded.

    Raises:
        ValueError: For a mean.
    """
    if metric.unit is Unit.DAYS:
        raise ValueError(f"{metric.name}: a mean cannot be put together from means")
    totals: dict[Any, tuple[Text, Any]] = {}
    for value, number in found:
        key, label = fold.get(value, (None, ""))
        totals[key] = (label, totals.get(key, ("", 0))[1] + (number or 0))
    return [(key, label, number) for key, (label, number) in totals.items()]


def _ratio(part: Number, whole: Number) -> Number:
    """Per cent; None of nothing."""
    return 100 * float(part or 0) / float(whole) if whole else None


def _settled(metric: Metric, value: Number) -> Number:
    """Sums and counts of nothing are zero; means and rates of nothing are unknown."""
    return 0 if value is None and metric.unit in (Unit.MONEY, Unit.COUNT) else value


def address(metric: Metric, narrowed: str = "", period: Period | None = None) -> str:
    """The list behind a figure."""
    parts = [p for p in (metric.over or metric.where, _timed(metric, period), _bracketed(narrowed)) if p]
    return f"/{TYPES[metric.of].url}/?{urlencode({'q': ' and '.join(parts)})}"


def _bracketed(text: str) -> str:
    return f"({text})" if " or " in text else text


def _slice_address(metric: Metric, by: Dimension, key: Any, narrowed: str, period: Period | None) -> str:
    """The list behind one group."""
    if by.span == "month" and isinstance(key, dt.date):
        inside = f"{by.field_name} in {key:%Y-%m}"
        return address(metric, " and ".join(p for p in (inside, _bracketed(narrowed)) if p))
    return address(metric, " and ".join(p for p in (_member(by, key), _bracketed(narrowed)) if p), period)


def _member(by: Dimension, key: Any) -> str:
    """The condition of being in a group."""
    if by.fold is not None:
        members = [str(value) for value, (whole, _label) in by.fold().items() if whole == key]
        inside = [str(value) for value in by.fold()]
        if key is None:
            return f"not {by.field_name} in ({', '.join(inside)})" if inside else ""
        return f"{by.field_name} in ({', '.join(members)})"
    if key is None or key == "":
        near = by.field_name.split(".")[0]
        empty = f"{by.field_name} is empty"
        return empty if near == by.field_name else f"({near} is empty or {empty})"
    return f"{by.field_name} = {key}" if isinstance(key, int) else f"{by.field_name} = {_quoted(str(key))}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
