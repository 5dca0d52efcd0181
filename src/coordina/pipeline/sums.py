"""The board's sums: kept by appending what every write changes, added up by a job, rebuilt and compared at will."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum

from coordina.core.changes import Entry
from coordina.core.derived import REBUILDS, follows
from coordina.core.inserting import insert_tuples
from coordina.core.prepared import Prepared, RowIds
from coordina.pipeline.models import Opportunity, StageSum

type Key = tuple[int, int, int | None]
"""Stage, owner and team."""

DIMENSIONS = ("stage_id", "owner_id", "team_id")
MEASURES = ("count", "cents", "weighted", "dated", "days")
READ = (*DIMENSIONS, "value", "probability", "entered_on")
"""Columns that a sum depends on."""
CHUNK = 1000
"""Opportunities that are held at once."""
TRIES = 3
FULL = 5000
"""Rows after which bulk work asks the job to add them up at once."""


_COLUMNS = Prepared(lambda keys: Opportunity.objects.filter(pk__in=keys).order_by().values("pk", *READ))
_LAST = Prepared(lambda: StageSum.objects.order_by("-pk").values_list("pk")[:1])


@dataclass(slots=True)
class Figures:
    """What one key gains or loses; see `StageSum` for the units."""

    count: int = 0
    cents: int = 0
    weighted: int = 0
    dated: int = 0
    days: int = 0

    def add(self, row: Mapping[str, Any], sign: int) -> None:
        """Count an opportunity in (1) or out (-1)."""
        value, entered = row["value"], row["entered_on"]
        cents = int((Decimal(value) * 100).to_integral_value()) if value is not None else 0
        self.count += sign
        self.cents += sign * cents
        self.weighted += sign * cents * (row["probability"] or 0)
        if entered is not None:
            day = dt.date.fromisoformat(entered) if isinstance(entered, str) else entered
            self.dated += sign
            self.days += sign * day.toordinal()

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.count or self.cents or self.weighted or self.dated or self.days)


def _key(row: Mapping[str, Any]) -> Key:
    return row["stage_id"], row["owner_id"], row["team_id"]


@follows("pipeline.Opportunity")
def append(entries: Sequence[Entry]) -> None:
    """Append what the entries change."""
    touched = [e for e in entries if e.kind != "u" or any(name in e.after for name in READ)]
    now = _rows([e.pk for e in touched if e.kind == "u"])
    figures: dict[Key, Figures] = defaultdict(Figures)
    for entry in reversed(touched):
        after = entry.after if entry.kind == "c" else None if entry.kind == "d" else now.get(entry.pk)
        if entry.kind == "u":
            if after is None:
                continue  # gone again: its deletion tells what it held last
            after = after | {k: v for k, v in entry.after.items() if k in READ}
        before = entry.before if entry.kind == "d" else None
        if entry.kind == "u" and after is not None:
            before = now[entry.pk] = after | {k: v for k, v in entry.before.items() if k in READ}
        if after is not None:
            figures[_key(after)].add(after, 1)
        if before is not None:
            figures[_key(before)].add(before, -1)
    if many := _write(figures):
        [(last,)] = _LAST()
        _ask_job(last - many, last)


def _rows(keys: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The columns that count, of some opportunities."""
    return {row.pop("pk"): row for row in _COLUMNS(RowIds(set(keys)))}


def _write(figures: Mapping[Key, Figures]) -> int:
    """Append what is not empty; gives how many rows that is."""
    rows = [(*key, *(getattr(found, name) for name in MEASURES)) for key, found in figures.items() if not found.empty]
    insert_tuples(StageSum, ("stage_id", "owner_id", "team_id", *MEASURES), rows, "default")
    return len(rows)


def _ask_job(before: int, last: int) -> None:
    """Ask for adding up, once every `FULL` rows."""
    if before // FULL != last // FULL:
        from coordina.pipeline.jobs import compact_sums

        compact_sums.using(key=f"pipeline.sums:{last // FULL}").enqueue()


def compact() -> int:
    """Add up the rows of each key. Writers go on appending meanwhile; gives how many rows went."""
    for _try in range(TRIES):
        with transaction.atomic():
            last = StageSum.objects.aggregate(last=Max("pk"))["last"] or 0
            rows = StageSum.objects.filter(pk__lte=last)
            added = rows.values_list(*DIMENSIONS).annotate(rows=Count("pk"), **{f"sum_{m}": Sum(m) for m in MEASURES})
            totals = list(added.order_by())
            before = sum(total[3] for total in totals)
            if before == len(totals):
                return 0
            if StageSum.objects.filter(pk__lte=last).delete()[0] == before:
                return before - _write({total[:3]: Figures(*map(int, total[4:])) for total in totals})
            transaction.set_rollback(True)  # a writer, or somebody who adds up too, has come in between
    return 0


def totals() -> dict[Key, tuple[int, ...]]:
    """The sums as they are kept, by key; keys that hold nothing are left out."""
    found = StageSum.objects.values_list(*DIMENSIONS).annotate(**{f"sum_{m}": Sum(m) for m in MEASURES}).order_by()
    return {(row[0], row[1], row[2]): tuple(row[3:]) for row in found if any(row[3:])}


def counted() -> dict[Key, Figures]:
    """The sums as the opportunities themselves give them."""
    figures: dict[Key, Figures] = defaultdict(Figures)
    for row in Opportunity.objects.order_by("pk").values(*READ).iterator(CHUNK):
        figures[_key(row)].add(row, 1)
    return figures


def rebuild() -> int:
    """Make all sums anew; gives how many rows there are."""
    with transaction.atomic():
        StageSum.objects.all().delete()
        return _write(counted())


def compare() -> int:
    """In how many keys the kept sums differ from the opportunities."""
    kept = totals()
    real = {key: tuple(getattr(f, m) for m in MEASURES) for key, f in counted().items()}
    return sum(kept.get(key) != real.get(key) for key in kept.keys() | real.keys())


REBUILDS["pipeline.sums"] = (rebuild, compare)
