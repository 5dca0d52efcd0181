"""Working out declared metrics over the records somebody may see; every number carries the filter that opens them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.metrics import DIMENSIONS, METRICS, Dimension, Metric, Unit
from coordina.core.refusals import Forbidden, Text
from coordina.core.types import TYPES
from coordina.insights.periods import Period
from coordina.records.vocabularies import vocabulary_of

type Number = Decimal | float | int | None
type Group = tuple[Any, Text, int, Any]
"""Key, label, how many records the group holds, and its number."""
type Fold = Mapping[Any, tuple[Any, str]]
"""Where each value belongs when groups are put together."""


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


def open_to(metric: Metric, user: Actor, by: str = "") -> bool:
    """Whether a figure, and what it is broken down by, tells of no field that is hidden from somebody.

    Args:
        metric: The figure.
        user: Who looks.
        by: Name of a dimension; empty for the figure alone.
    """
    hidden = TYPES[metric.of].sight(user).hidden
    if not hidden:
        return True
    fields = (*metric.worked_from, metric.time, DIMENSIONS[by].field_name if by else "")
    return hidden.isdisjoint(fields)


def figure(name: str, asker: Asker, *, narrowed: str = "", period: Period | None = None) -> Figure:
    """A metric over the records the asker may see; see `figures`."""
    return figures([(name, period)], asker, narrowed=narrowed)[0]


def figures(asked: Sequence[tuple[str, Period | None]], asker: Asker, *, narrowed: str = "") -> list[Figure]:
    """Several metrics over the records the asker may see, in one reading of each record type.

    Args:
        asked: Names of metrics, each with a span of days on its time field; a metric of now does not heed it.
        asker: Who asks, and when.
        narrowed: A further condition in the filter language.
    """
    values: dict[int, Number] = {}
    by_type: dict[str, dict[str, Any]] = {}
    for place, (name, period) in enumerate(asked):
        metric = METRICS[name]
        _need_open(metric, asker)
        found = by_type.setdefault(metric.of, {})
        found[f"x{place}"] = _measured(metric, metric.where, asker, period)
        if metric.over:
            found[f"over{place}"] = _measured(metric, metric.over, asker, period)
    for of, expressions in by_type.items():
        row = _rows(of, asker, narrowed).aggregate(**expressions)
        for place, (name, _period) in enumerate(asked):
            if METRICS[name].of == of:
                part, whole = row[f"x{place}"], row.get(f"over{place}")
                values[place] = _ratio(part, whole) if METRICS[name].over else part
    return [
        Figure(METRICS[name], _settled(METRICS[name], values[place]), address(METRICS[name], narrowed, period))
        for place, (name, period) in enumerate(asked)
    ]


def breakdown(
    name: str, dimension: str, asker: Asker, *, narrowed: str = "", period: Period | None = None, most: int = 100
) -> list[Slice]:
    """A metric by a dimension; see `breakdowns`."""
    return breakdowns([name], dimension, asker, narrowed=narrowed, period=period, most=most)[name]


def breakdowns(
    names: Sequence[str],
    dimension: str,
    asker: Asker,
    *,
    narrowed: str = "",
    period: Period | None = None,
    most: int = 100,
) -> dict[str, list[Slice]]:
    """Metrics of one record type by a dimension, in one reading: in its own order, else the largest first.

    Args:
        most: Groups at most; what is beyond is left out.
    """
    by = DIMENSIONS[dimension]
    expressions: dict[str, Any] = {}
    within = Q()
    for place, name in enumerate(names):
        metric = METRICS[name]
        _need_open(metric, asker, dimension)
        expressions[f"n{place}"] = Count("pk", filter=_condition(metric, metric.over or metric.where, asker, period))
        expressions[f"x{place}"] = _measured(metric, metric.where, asker, period)
        within |= _condition(metric, metric.over or metric.where, asker, period)
    groups = _grouped(by, _rows(by.of, asker, narrowed).filter(within), expressions)
    return {
        name: _slices(METRICS[name], by, [(k, label, row[f"n{i}"], row[f"x{i}"]) for k, label, row in groups],
                      narrowed, period, most)
        for i, name in enumerate(names)
    }  # fmt: skip


def _need_open(metric: Metric, asker: Asker, by: str = "") -> None:
    """Refuse a figure that tells of something hidden; pages leave it out before.

    Raises:
        Forbidden: Always then.
    """
    if not open_to(metric, asker.user, by):
        raise Forbidden


def _slices(
    metric: Metric, by: Dimension, groups: Sequence[Group], narrowed: str, period: Period | None, most: int
) -> list[Slice]:
    """The groups that hold any record of a metric, with their numbers and addresses."""
    fold = by.fold() if by.fold is not None else None
    if fold is not None:
        groups = _folded(metric, groups, fold)
    found = []
    for key, label, count, part in groups:
        if count:
            value = _settled(metric, _ratio(part, count) if metric.over else part)
            url = _slice_address(metric, by, key, fold, narrowed, period)
            found.append(Slice(key, str(label or _("None")), value, url))
    if not by.order_paths and not by.span:
        found.sort(key=lambda s: -(s.value or 0))
    return found[:most]


def _measured(metric: Metric, where: str, asker: Asker, period: Period | None) -> Any:
    return metric.measure(_condition(metric, where, asker, period))


def _condition(metric: Metric, where: str, asker: Asker, period: Period | None) -> Q:
    """Rows that meet a metric's condition, in the period."""
    vocabulary = vocabulary_of(TYPES[metric.of])
    found = Q()
    for text in (where, _timed(metric, period)):
        found &= compile_filter(parse(text), vocabulary, asker)
    return found


def _rows(of: str, asker: Asker, narrowed: str) -> QuerySet[Any]:
    """The records of a type that the asker sees and that meet a further condition."""
    known = TYPES[of]
    rows: QuerySet[Any] = known.model.objects.visible_to(asker.user)
    return rows.filter(compile_filter(parse(narrowed), vocabulary_of(known), asker)) if narrowed else rows


def _timed(metric: Metric, period: Period | None) -> str:
    return period.condition(metric.time) if period is not None and metric.time else ""


def _grouped(by: Dimension, rows: QuerySet[Any], expressions: dict[str, Any]) -> list[tuple[Any, Text, Any]]:
    """Key, label and numbers of each group."""
    if by.span == "month":
        months = rows.exclude(**{by.path: None}).annotate(key=TruncMonth(by.path)).values("key")
        return [(row["key"], "", row) for row in months.annotate(**expressions).order_by("key")]
    paths = [by.path, *([by.label_path] if by.label_path else []), *by.order_paths]
    found = rows.values(*dict.fromkeys(paths)).annotate(**expressions).order_by(*by.order_paths, by.path)
    if by.label_path:
        return [(row[by.path], row[by.label_path] or "", row) for row in found]
    return [(row[by.path], by.labels.get(row[by.path], str(row[by.path] or "")), row) for row in found]


def _folded(metric: Metric, groups: Sequence[Group], fold: Fold) -> list[Group]:
    """Groups put together. Means cannot be added up: such a metric is not folded.

    Raises:
        ValueError: For a mean.
    """
    if metric.unit in (Unit.DAYS, Unit.HOURS):
        raise ValueError(f"{metric.name}: a mean cannot be put together from means")
    totals: dict[Any, Group] = {}
    for value, _label, count, part in groups:
        key, label = fold.get(value, (None, ""))
        _key, _name, counted, summed = totals.get(key, (key, "", 0, 0))
        totals[key] = (key, label, counted + count, summed + (part or 0))
    return list(totals.values())


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


def _slice_address(
    metric: Metric, by: Dimension, key: Any, fold: Fold | None, narrowed: str, period: Period | None
) -> str:
    """The list behind one group."""
    if by.span == "month" and isinstance(key, dt.date):
        inside = f"{by.field_name} in {key:%Y-%m}"
        return address(metric, " and ".join(p for p in (inside, _bracketed(narrowed)) if p))
    return address(metric, " and ".join(p for p in (_member(by, key, fold), _bracketed(narrowed)) if p), period)


def _member(by: Dimension, key: Any, fold: Fold | None) -> str:
    """The condition of being in a group."""
    if fold is not None:
        members = [str(value) for value, (whole, _label) in fold.items() if whole == key]
        inside = [str(value) for value in fold]
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
