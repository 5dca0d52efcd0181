"""A chart of any list: a measure by one or two axes, drawn by Vega-Lite, with its table whose numbers open records."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordina.core.filters import Node
from coordina.core.filters.edit import added
from coordina.core.types import Kind
from coordina.records.figures import OTHERS, Cell, figures, together
from coordina.records.grouping import Axis, AxisKind, Measure, Of, axes_of, measures_of
from coordina.web.listing import Listing
from coordina.web.saved.sums import as_of, asked_of
from coordina.web.saved.tabs import Tab
from coordina.web.sentences import capital_of

BARS, MONTHS, PARTS = 24, 36, 4
"""Bars at most, months at most, and parts that a bar is divided into besides the others."""
HEIGHT, STEP = 300, 28


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the table; `value` is None where nothing is known."""

    text: str
    value: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One group of the table: its numbers by part, and the whole."""

    label: str
    numbers: list[Number]
    whole: Number


def chart_axes(listing: Listing) -> tuple[Axis | None, Axis | None]:
    """What the bars are, and what divides them; the first where nothing is asked for is a usual one of the type."""
    offered = axes_of(listing.known, listing.user)
    names = [*listing.known.extra.get("charts", ()), *listing.known.quick, *listing.names, *offered]
    by = listing.by or next((offered[name] for name in names if name in offered), None)
    return by, listing.split if by is not None and listing.split != by else None


def chart_measure(listing: Listing) -> Measure:
    """What is measured: as asked for, else the sum of the type's number, else how many."""
    if listing.measure is not None:
        return listing.measure
    return Measure(Of.SUM, listing.summed) if listing.summed is not None else Measure(Of.COUNT)


def chart_context(listing: Listing) -> dict[str, Any]:
    """What the chart is given besides what every layout shows."""
    by, split = chart_axes(listing)
    measure = chart_measure(listing)
    choices = {
        "by_tabs": _axis_tabs(listing, "by", by),
        "split_tabs": [
            Tab(_("nothing"), listing.url(split="", layout="chart"), split is None),
            *_axis_tabs(listing, "split", split),
        ],
        "measure_tabs": [
            Tab(str(m.label), listing.url(of=name, layout="chart"), name == str(measure))
            for name, m in measures_of(listing.known, listing.user).items()
        ],
        "measure": measure,
        "by": by,
        "split": split,
    }
    if by is None or listing.error:
        return choices | {"lines": [], "any_rows": False}
    axes = (by, split) if split is not None else (by,)
    found = figures(asked_of(listing, axes, *([measure.field.name] if measure.field else [])))
    table = Table(listing, axes, measure, found.cells)
    return choices | {
        "lines": table.lines,
        "parts": table.part_labels,
        "whole": table.number(list(found.cells), listing.node),
        "spec": table.spec() if table.lines else None,
        "spoken": "; ".join(f"{line.label}: {line.whole.text}" for line in table.lines),
        "waiting": found.waiting,
        "as_of": as_of(listing, found),
        "any_rows": bool(table.lines) or found.waiting,
        "folded": table.folded,
        "self_url": listing.url(),
    }


def _axis_tabs(listing: Listing, key: str, now: Axis | None) -> list[Tab]:
    chosen = now.name if now is not None else ""
    return [
        Tab(capital_of(axis.field.label), listing.url(**{key: name, "layout": "chart"}), name == chosen)
        for name, axis in axes_of(listing.known, listing.user).items()
    ]


class Table:
    """The numbers of a chart.

    Args:
        listing: The list.
        axes: What the bars are, and what divides them.
        measure: What is measured.
        cells: Counts and sums of each crossing.
    """

    def __init__(self, listing: Listing, axes: Sequence[Axis], measure: Measure, cells: Sequence[Cell]) -> None:
        self.listing, self.axes, self.measure = listing, axes, measure
        self.folded = False
        most = MONTHS if axes[0].kind is AxisKind.MONTH else BARS
        self.keys, self.labels = self._kept(0, cells, most)
        self.parts, self.part_names = self._kept(1, cells, PARTS) if len(axes) > 1 else ([], {})
        self.cells: dict[tuple[Any, Any], list[Cell]] = defaultdict(list)
        for cell in cells:
            key = cell.keys[0] if cell.keys[0] in self.labels else OTHERS
            part = (cell.keys[1] if cell.keys[1] in self.part_names else OTHERS) if len(axes) > 1 else None
            self.cells[key, part].append(cell)

    def _kept(self, place: int, cells: Sequence[Cell], most: int) -> tuple[list[Any], dict[Any, str]]:
        """The groups of an axis that are shown, in their order, with their names; the others stand together."""
        axis = self.axes[place]
        by_key: dict[Any, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_key[cell.keys[place]].append(cell)
        beyond = by_key.pop(OTHERS, [])
        weights = {key: abs(self._value(found) or 0) for key, found in by_key.items()}
        labels = axis.labels(list(by_key), self.listing.formats)
        months = axis.kind is AxisKind.MONTH
        named = [key for key in by_key if key is not None]
        heavy = sorted(named, reverse=True) if months else sorted(named, key=lambda key: -weights[key])
        kept = heavy[:most] + ([None] if None in by_key else [])
        keys = axis.ordered(kept, labels, lambda key: weights[key])
        names = {key: labels.get(key) or str(key) for key in keys}
        if len(heavy) > most or beyond:
            self.folded = True
            keys, names = [*keys, OTHERS], names | {OTHERS: pgettext("further groups", "Others")}
        return keys, names

    def _value(self, cells: Sequence[Cell]) -> float | None:
        if not cells:
            return 0 if self.measure.of is not Of.MEAN else None
        whole = together((), cells)
        sums = whole.sums.get(self.measure.field.name, (0, 0)) if self.measure.field else (0, 0)
        return self.measure.value(whole.count, sums)

    def number(self, cells: Sequence[Cell], node: Node | None) -> Number:
        """A number as the reader writes it, with the list behind it."""
        value = self._value(cells)
        url = self.listing.url(node=node, layout="list") if cells and node is not _NOWHERE else ""
        return Number(self.text(value), value, url)

    def text(self, value: float | None) -> str:
        """A value in the reader's writing."""
        formats = self.listing.formats
        if value is None:
            return "—"
        if self.measure.field is None:
            return formats.integer(int(value))
        if self.measure.field.kind in (Kind.MONEY, Kind.PERCENT):
            return self.listing.amount(self.measure.field, value)
        return formats.decimal(value, None if value == int(value) else 1)

    @property
    def part_labels(self) -> list[str]:
        """What the parts of a bar are called."""
        return [self.part_names[part] for part in self.parts]

    @property
    def lines(self) -> list[Line]:
        """The table, a line a bar."""
        found = []
        for key in self.keys:
            node = self._node(self.listing.node, 0, key)
            whole = [cell for (k, _part), cells in self.cells.items() if k == key for cell in cells]
            numbers = []
            for part in self.parts:
                inner = node if node is _NOWHERE else self._node(node, 1, part)
                numbers.append(self.number(self.cells.get((key, part), []), inner))
            found.append(Line(self.labels[key], numbers, self.number(whole, node)))
        return found

    def _node(self, node: Node | None, place: int, key: Any) -> Node | None:
        """The list narrowed to a group; what stands together for many groups has no list of its own."""
        return _NOWHERE if key == OTHERS else added(node, self.axes[place].node(key))

    def _short(self, key: Any) -> str:
        """A month as an axis writes it."""
        if key in (None, OTHERS):
            return self.labels[key]
        return self.listing.formats.month_short(dt.date.fromisoformat(f"{key}-01"))

    def spec(self) -> dict[str, Any]:
        """Vega-Lite of the table: months stand, everything else lies."""
        standing = self.axes[0].kind is AxisKind.MONTH
        lines = self.lines
        names = [line.label for line in lines]
        if standing:
            names = [self._short(key) for key in self.keys]
        values = [
            {"g": name, "s": part, "n": place, "v": number.value or 0, "t": number.text, "url": number.url}
            for name, line in zip(names, lines, strict=True)
            for place, (part, number) in enumerate(
                zip(self.part_labels, line.numbers, strict=True) if self.parts else [("", line.whole)]
            )
        ]
        along = {
            "field": "g", "type": "ordinal", "sort": names, "title": None,
            "axis": {"labelLimit": 170, "labelOverlap": "greedy" if standing else False, "grid": False},
        }  # fmt: skip
        up = {
            "field": "v",
            "type": "quantitative",
            "title": None,
            "axis": {"labelExpr": _axis_text(), "grid": True, "tickCount": 5},
        }
        encoding: dict[str, Any] = {"x": along if standing else up, "y": up if standing else along}
        if self.parts:
            stack = None if self.measure.of is Of.MEAN else "zero"
            encoding["y" if standing else "x"]["stack"] = stack
            encoding["color"] = {"field": "s", "type": "nominal", "sort": self.part_labels}
            encoding["order"] = {"field": "n"}
            if stack is None:
                encoding["yOffset" if not standing else "xOffset"] = {"field": "s", "sort": self.part_labels}
        return {
            "data": {"values": values},
            "height": HEIGHT if standing else {"step": STEP},
            "mark": {"type": "bar", "cursor": "pointer"},
            "encoding": encoding,
        }


_NOWHERE: Any = object()
"""Instead of a filter, for numbers that no list stands behind."""


def _axis_text() -> str:
    thousands = pgettext("thousands on an axis", "k")
    return (
        "datum.value >= 1e6 ? format(datum.value / 1e6, '~r') + '\u00a0M' : datum.value >= 1e3"
        f" ? format(datum.value / 1e3, '~r') + '\u00a0{thousands}' : format(datum.value, '~r')"
    )
