"""Watchers: conditions of records that need a hand. Rooms declare them; alerts are raised and taken back by themselves.

A watcher says when a record needs a hand as a `Q` of the day, over columns of the record itself wherever it can: the
same condition is then asked of one record in memory when it changes, and of all of them by the database. How urgent
and how important the matter is are pure functions of the same columns.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Any

from django.db.models import Q

from coordina.core.changes import Entry
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.registry import Registry

type Row = Mapping[str, Any]
"""Columns of one record by attribute name, with its `pk`."""

IMPORTANT = 50
"""Points of importance, of 100, from which a matter is important."""


class Quadrant(IntEnum):
    """Where a matter stands by urgency and importance (the Eisenhower matrix)."""

    DO = 1
    PLAN = 2
    DELEGATE = 3
    DROP = 4


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the company says of urgency and importance.

    Attributes:
        value: Amount in the reporting currency that makes a matter important by itself.
        waits: Days until a matter is urgent, by watcher; None for never. Watchers left out keep their own.
        off: Names of watchers that are switched off.
    """

    value: Decimal = Decimal(10_000)
    waits: Mapping[str, int | None] = field(default_factory=dict)
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done about a matter in place.

    Attributes:
        action: Name of an action of the record, such as `pipeline.set_next_step`.
        label: Verb and object, short.
        values: Values to begin the form with, or to act with; called with the record's columns and the day.
        direct: Whether it is done at once, without a form: `values` then says everything.
    """

    action: str
    label: Text
    values: Callable[[Row, dt.date], Mapping[str, Any]] = lambda row, today: {}
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """A condition under which records of one type need a hand.

    Attributes:
        name: Stable, such as `pipeline.no_next_step`; at most 60 signs.
        of: Record class. Its owner and team decide who sees the alert.
        label: Of the kind of matter: «No next step».
        when: The records that need a hand, on a day.
        columns: Attribute names of the columns that `when`, `since` and `importance` read; when one of them is
            written, the record is asked again.
        about: Names of fields that the matter itself tells of: from whom one is hidden, the matter is hidden, too.
        shows: Further ORM paths that the sentences need, such as `company__name`.
        since: Day since which it is so.
        importance: Points from 0 to 100; important from `IMPORTANT` on.
        says: Title (what, with the name of the record) and reason (with its own facts and numbers), plain text.
        weighs: How the points of importance come about, in a sentence; plain text.
        wait: Days from `since` until it is urgent; None where it never becomes so.
        acts: One or two things to do, the likely one first.
        asked_by: By label of another model: ids of the records to ask again because of its entries.
        unsettled_by: Labels of models whose change makes a job ask all records again, such as a stage's limit.
        listed: Filter of the list that holds the same records, to change many at once; empty where no filter says it.
    """

    name: str
    of: type[Record]
    label: Text
    icon: str
    when: Callable[[dt.date], Q]
    columns: tuple[str, ...]
    since: Callable[[Row], dt.date]
    importance: Callable[[Row, Tuning], int]
    says: Callable[[Row, Formats], tuple[str, str]]
    weighs: Callable[[Row, Tuning, Formats], str]
    about: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    wait: int | None = 0
    acts: tuple[Act, ...] = ()
    asked_by: Mapping[str, Callable[[Sequence[Entry]], Iterable[int]]] = field(default_factory=dict)
    unsettled_by: tuple[str, ...] = ()
    listed: str = ""


WATCHERS: Registry[str, Watcher] = Registry("watcher")


def watch(made: Watcher) -> Watcher:
    """Declare a watcher."""
    WATCHERS.add(made.name, made)
    return made


def wait_of(watcher: Watcher, tuning: Tuning) -> int | None:
    """Days until a matter of this kind is urgent, as the company says it, else as the watcher does."""
    return tuning.waits.get(watcher.name, watcher.wait)


def urgent_from(since: dt.date, wait: int | None) -> dt.date | None:
    """First day on which a matter is urgent; None for never."""
    return None if wait is None else since + dt.timedelta(days=wait)


def quadrant(urgent_on: dt.date | None, importance: int, today: dt.date) -> Quadrant:
    """Do what is urgent and important, plan what is important only, delegate what is urgent only, drop the rest."""
    urgent = urgent_on is not None and urgent_on <= today
    if importance >= IMPORTANT:
        return Quadrant.DO if urgent else Quadrant.PLAN
    return Quadrant.DELEGATE if urgent else Quadrant.DROP


class NotPlain(Exception):
    """A condition reaches beyond the columns of the record: only the database can answer it."""


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda a, b: bool(a is None if b is None else a == b),
    "isnull": lambda a, b: (a is None) == b,
    "in": lambda a, b: a is not None and a in b,
    "lt": lambda a, b: a is not None and bool(a < b),
    "lte": lambda a, b: a is not None and bool(a <= b),
    "gt": lambda a, b: a is not None and bool(a > b),
    "gte": lambda a, b: a is not None and bool(a >= b),
}


type Test = Callable[[Row], bool]


def plain_test(condition: Q, columns: Collection[str]) -> Test:
    """Says of a record with these columns whether a condition over plain columns holds, as the database would say.

    Raises:
        NotPlain: When it negates, reaches over a reference, or holds an expression.
    """
    if condition.negated or condition.connector not in (Q.AND, Q.OR):
        raise NotPlain
    tests: list[Test] = []
    for child in condition.children:
        if isinstance(child, Q):
            tests.append(plain_test(child, columns))
            continue
        if not isinstance(child, tuple):
            raise NotPlain
        path, value = child
        name, _, test = path.partition("__")
        if name not in columns or (test or "exact") not in _TESTS or hasattr(value, "resolve_expression"):
            raise NotPlain
        tests.append(_compared(_TESTS[test or "exact"], name, value))
    if len(tests) == 1:
        return tests[0]
    if condition.connector == Q.AND:
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def _compared(test: Callable[[Any, Any], bool], name: str, value: Any) -> Test:
    return lambda row: test(row[name], value)
