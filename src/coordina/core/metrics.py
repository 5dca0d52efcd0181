"""Measures and dimensions: each figure is defined once, and pages, reports, goals and feeds use that definition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from coordina.core.refusals import Text
from coordina.core.registry import Registry


class Unit(StrEnum):
    """What a figure counts."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"


class Better(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over the records of one type that the asker may see.

    Attributes:
        name: Stable name, such as `pipeline.won_value`.
        of: Name of the record type it is worked out from.
        where: Condition in the filter language; the same text opens the records behind the number.
        measure: Builds the aggregate expression over the rows that meet a condition.
        over: For a ratio: the condition of the whole; `measure` then counts `where` within it.
        time: Field by which it belongs to a period; empty for a figure of now.
        source: Formula in words, for the reader.
        worked_from: Names of the fields it is measured from: from whom one is hidden, the figure is hidden, too.
    """

    name: str
    label: Text
    unit: Unit
    of: str
    where: str
    measure: Callable[[Q], Any]
    time: str = ""
    over: str = ""
    better: Better = Better.UP
    source: Text = ""
    worked_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something a metric can be broken down by.

    Attributes:
        field_name: Field of the record type, as filters know it.
        path: ORM path of the value to group by.
        label_path: ORM path of the text that stands for it; empty where the value stands for itself.
        order_paths: ORM paths that order the groups; by figure where there are none.
        fold: Puts groups together: from group value to what it belongs to (key, label); values it leaves out belong
            to none.
        labels: Labels of values that are choices.
        span: `month` groups a date by its month.
    """

    name: str
    label: Text
    of: str
    field_name: str
    path: str
    label_path: str = ""
    order_paths: tuple[str, ...] = ()
    fold: Callable[[], Mapping[Any, tuple[Any, str]]] | None = None
    labels: Mapping[Any, Text] = field(default_factory=dict)
    span: str = ""


METRICS: Registry[str, Metric] = Registry("metric")
DIMENSIONS: Registry[str, Dimension] = Registry("dimension")
