"""Counts and sums of a view by group: at once where few rows are in it, else worked out by a job and kept a while."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from coordina.core.filters import Asker, Node, compile_filter, parse, unparse
from coordina.core.jsonvalues import expression_of
from coordina.core.keyset import bounded_count
from coordina.core.types import TYPES, Field, RecordType
from coordina.records.grouping import Axis, axes_of, sums_of
from coordina.records.models import KeptFigures
from coordina.records.vocabularies import vocabulary_of

AT_ONCE = 20_000
"""Rows that a page adds up itself: some twenty milliseconds at most; more of them are added up by a job."""
FRESH = dt.timedelta(minutes=2)
"""Figures of a job are worked out anew when somebody looks at older ones."""
KEPT = dt.timedelta(days=2)
MOST_GROUPS = 2_000
"""Groups that a job keeps, the largest first; what is beyond stands together as one."""
OTHERS = "\u0000others"
"""Key of the groups beyond those that are kept."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One group, or one crossing of two.

    Attributes:
        keys: By axis; None for rows without a value.
        sums: By name of the number: its sum, and how many rows have a value.
    """

    keys: tuple[Any, ...]
    count: int
    sums: dict[str, tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer.

    Attributes:
        cells: Groups that hold any row.
        worked_at: When a job worked them out; None where they are of this moment.
        waiting: A job works at it and there is nothing to show yet.
    """

    cells: tuple[Cell, ...] = ()
    worked_at: dt.datetime | None = None
    waiting: bool = False

    @property
    def count(self) -> int:
        """Rows in all."""
        return sum(cell.count for cell in self.cells)

    def total(self, name: str) -> Any:
        """The sum of a number over all groups."""
        return sum((cell.sums[name][0] for cell in self.cells if name in cell.sums), Decimal(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be added up.

    Attributes:
        node: The filter; None for everything.
        axes: None, one or two.
        numbers: Names of the numbers to add up.
    """

    known: RecordType
    asker: Asker
    node: Node | None = None
    axes: tuple[Axis, ...] = ()
    numbers: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> QuerySet[Any]:
        """The rows: seen by the asker, and meeting the filter."""
        model: Any = self.known.model
        seen: QuerySet[Any] = model.objects.visible_to(self.asker.user)
        if self.node is None:
            return seen
        return seen.filter(compile_filter(self.node, vocabulary_of(self.known), self.asker))

    @property
    def key(self) -> str:
        """Digest of the question, of who asks on which day, and of all they may see."""
        user: Any = self.asker.user
        reach = sorted(getattr(user, "reach", {}).items())
        parts = [
            *(self.known.name, unparse(self.node), [axis.name for axis in self.axes], list(self.numbers)),
            *(user.pk, reach, list(getattr(user, "team_ids", ())), self.asker.today.isoformat()),
            str(self.asker.time_zone),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def figures(asked: Asked) -> Figures:
    """The figures now, or those that a job keeps; asks for the job where it is time.

    Raises:
        BadFilter: For a filter that cannot be followed.
    """
    rows = asked.rows
    _count, more = bounded_count(rows, AT_ONCE)
    return _kept(asked) if more else Figures(tuple(added_up(asked, rows)))


def added_up(asked: Asked, rows: QuerySet[Any]) -> list[Cell]:
    """Read and add up all rows of the question."""
    sums: dict[str, Any] = {}
    known = sums_of(asked.known, asked.asker.user)
    for place, name in enumerate(asked.numbers):
        about = known[name]
        value = expression_of(about) if about.json_key else about.path
        sums |= {f"s{place}": Sum(value), f"n{place}": Count(value)}
    groups = {f"k{place}": axis.expression(asked.asker) for place, axis in enumerate(asked.axes)}
    if not groups:
        found = [rows.order_by().aggregate(c=Count("pk"), **sums)]
    else:
        found = list(rows.order_by().annotate(**groups).values(*groups).annotate(c=Count("pk"), **sums))
    merged: dict[tuple[Any, ...], Cell] = {}
    for row in found:
        keys = tuple(axis.key(row[f"k{place}"]) for place, axis in enumerate(asked.axes))
        own = {n: (_exact(known[n], row[f"s{place}"]), row[f"n{place}"]) for place, n in enumerate(asked.numbers)}
        cell = Cell(keys, row["c"], own)
        merged[keys] = together(keys, [merged[keys], cell]) if keys in merged else cell
    return list(merged.values())


def _exact(about: Field, total: Any) -> Any:
    """A sum as it is written: what JSON holds is added up as doubles, which differ behind the last place."""
    if not about.json_key or total is None:
        return total or 0
    return round(Decimal(repr(float(total))), about.decimals or 0)


def together(keys: tuple[Any, ...], cells: Sequence[Cell]) -> Cell:
    """Several groups as one."""
    sums: dict[str, tuple[Any, int]] = {}
    for cell in cells:
        for name, (total, known) in cell.sums.items():
            before = sums.get(name, (0, 0))
            sums[name] = (before[0] + total, before[1] + known)
    return Cell(keys, sum(cell.count for cell in cells), sums)


def kept_figures(key: str, ask: Callable[[dt.datetime], None]) -> KeptFigures | None:
    """What a job keeps under a key, if anything; the job is asked for where there is nothing yet, or nothing fresh."""
    now = timezone.now()
    kept: KeptFigures | None = KeptFigures.objects.filter(pk=key).first()
    if kept is None or _stale(kept, now):
        KeptFigures.objects.update_or_create(
            key=key, defaults={"asked_at": now}, create_defaults={"asked_at": now, "groups": []}
        )
        ask(now)
    return kept


def _kept(asked: Asked) -> Figures:
    """The figures that a job keeps."""
    key = asked.key
    kept = kept_figures(key, lambda now: _ask(asked, key, now))
    if kept is None or kept.worked_at is None:
        return Figures(waiting=True)
    return Figures(tuple(_read(row) for row in kept.groups), worked_at=kept.worked_at)


def _stale(kept: KeptFigures, now: dt.datetime) -> bool:
    """Whether to work them out again: neither fresh nor asked for just now."""
    return now - kept.asked_at > FRESH and (kept.worked_at is None or now - kept.worked_at > FRESH)


def _ask(asked: Asked, key: str, now: dt.datetime) -> None:
    from coordina.records.jobs import keep_figures

    user: Any = asked.asker.user
    names = [axis.name for axis in asked.axes]
    question = {
        "type": asked.known.name,
        "q": unparse(asked.node),
        "axes": names,
        "numbers": list(asked.numbers),
        "user": user.pk,
        "zone": str(asked.asker.time_zone),
    }
    keep_figures.using(key=f"figures:{key}:{int(now.timestamp())}").enqueue(key, question)


def work_out(key: str, question: dict[str, Any]) -> int:
    """Work figures out for the person who asked, as far as they may see now; gives how many groups there are.

    Args:
        key: Under which they are kept.
        question: As `_ask` wrote it down.
    """
    from zoneinfo import ZoneInfo

    from coordina.accounts.models import User

    now = timezone.now()
    user = User.objects.for_request().get(pk=question["user"])
    asker = Asker(user=user, now=now, time_zone=ZoneInfo(question["zone"]))
    known = TYPES[question["type"]]
    offered = axes_of(known, user)
    axes = tuple(offered[name] for name in question["axes"] if name in offered)
    asked = Asked(known, asker, parse(question["q"]), axes, tuple(question["numbers"]))
    if asked.key != key:  # what they may see has changed meanwhile: nobody asks for this any more
        KeptFigures.objects.filter(pk=key).delete()
        return 0
    cells = sorted(added_up(asked, asked.rows), key=lambda cell: -cell.count)
    if len(cells) > MOST_GROUPS:
        rest = together((OTHERS,) * len(axes), cells[MOST_GROUPS:])
        cells = [*cells[:MOST_GROUPS], rest]
    groups = [[list(c.keys), c.count, {n: [str(s), k] for n, (s, k) in c.sums.items()}] for c in cells]
    KeptFigures.objects.filter(pk=key).update(groups=groups, worked_at=now)
    return len(groups)


def _read(row: Sequence[Any]) -> Cell:
    keys, count, sums = row
    return Cell(tuple(keys), count, {name: (Decimal(total), known) for name, (total, known) in sums.items()})


def forget_old() -> int:
    """Drop figures that nobody has asked for lately."""
    gone, _by = KeptFigures.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    return gone
