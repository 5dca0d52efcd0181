"""The ledger asked as a whole: which change sets fit a question, newest first, page by page, however many there are.

Who, door, action and period are columns of the change set, each with an index that ends in time. A record is looked up
in the indexes of the entries. A type or a field is asked of stretches of change sets: a page costs what it shows, and a
search for something that hardly ever happened stops after `BUDGET` change sets and says how far it has come.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from coordina.ledger.entries import Written, marks_of, type_id, unpack_some
from coordina.ledger.history import unfolded
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet

AUDIT = "ledger.audit"
"""Permission to see all that happened, whoever did it and to whichever record."""
SYSTEM = 0
"""Stands for Coordina itself among those who did something."""
STRETCH = 2000
BUDGET = 40_000
FEW = 2000
"""A type with at most so many single entries is found by these, whatever else is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the ledger; what is empty does not narrow it.

    Attributes:
        by: Who did it; `SYSTEM` for Coordina itself.
        via: The door. action: Name of the action.
        label: Model of what was written. pk: One row of it. column: A column that was changed, or an added field.
        since: First moment. until: First moment after the period.
    """

    by: int | None = None
    via: str = ""
    action: str = ""
    label: str = ""
    pk: int | None = None
    column: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page.

    Attributes:
        changes: Newest first.
        next: Id of the change set after which the next page begins; None at the end.
        reached: Where the search stopped before the page was full: how far back it has looked.
    """

    changes: list[ChangeSet]
    next: int | None = None
    reached: datetime | None = None


def find(asked: Asked, *, after: int | None = None, size: int = 50, budget: int = BUDGET) -> Found:
    """One page of change sets that fit.

    Args:
        after: `next` of the page before; a change set that is not there begins at the newest.
        size: How many at most.
        budget: How many change sets are looked into at most, where that is needed.
    """
    rows = _narrowed(asked)
    mark = ChangeSet.objects.filter(pk=after).values_list("at", "pk").first() if after is not None else None
    few = _few(asked)
    if few is not None:
        rows = rows.filter(pk__among=few)
    if not asked.label or (few is not None and not asked.column):
        found = list(_beyond(rows, mark).select_related("by", "undo_of")[: size + 1])
        return Found(found[:size], found[size - 1].pk if len(found) > size else None)
    return _looked_through(asked, rows, mark, size, budget)


def _narrowed(asked: Asked) -> QuerySet[ChangeSet]:
    """Change sets by what stands in their own row, newest first."""
    rows = ChangeSet.objects.order_by("-at", "-pk")
    if asked.by is not None:
        rows = rows.filter(by=asked.by) if asked.by != SYSTEM else rows.filter(by__isnull=True)
    told = {"via": asked.via, "action": asked.action, "at__gte": asked.since, "at__lt": asked.until}
    return rows.filter(**{name: value for name, value in told.items() if value})


def _beyond(rows: QuerySet[ChangeSet], mark: tuple[datetime, int] | None) -> QuerySet[ChangeSet]:
    """Those after a mark; the first condition is what an index understands."""
    if mark is None:
        return rows
    at, pk = mark
    return rows.filter(Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=pk)))


def _few(asked: Asked) -> list[int] | None:
    """Ids of the only change sets that can fit, where the entries tell them at once."""
    if not asked.label:
        return None
    plain = Change.objects.filter(model=asked.label).order_by()
    batches = Batch.objects.filter(model=asked.label).order_by()
    if asked.pk is not None:
        thin = BatchEntry.objects.filter(type_id=type_id(asked.label), object_id=asked.pk).order_by()
        batched = thin.values_list("batch__change_set_id", flat=True)
        return sorted({*plain.filter(object_id=asked.pk).values_list("change_set_id", flat=True), *batched})
    found = list(plain.values_list("change_set_id", flat=True)[: FEW + 1])
    if len(found) > FEW:
        return None
    return sorted({*found, *batches.values_list("change_set_id", flat=True)})


def _looked_through(
    asked: Asked, rows: QuerySet[ChangeSet], mark: tuple[datetime, int] | None, size: int, budget: int
) -> Found:
    """A page of those whose entries fit, stretch by stretch."""
    kept: list[int] = []
    looked = 0
    while looked < budget:
        stretch = list(_beyond(rows, mark).values_list("at", "pk")[:STRETCH])
        looked += len(stretch)
        fitting = fit(asked, [pk for _at, pk in stretch])
        kept += [pk for _at, pk in stretch if pk in fitting]
        if len(kept) > size:
            return Found(_loaded(kept[:size]), kept[size - 1])
        if len(stretch) < STRETCH:
            return Found(_loaded(kept))
        mark = stretch[-1]
    assert mark is not None
    return Found(_loaded(kept), mark[1], mark[0])


def _loaded(keys: list[int]) -> list[ChangeSet]:
    found = ChangeSet.objects.select_related("by", "undo_of").in_bulk(keys)
    return [found[key] for key in keys]


def fit(asked: Asked, keys: list[int]) -> set[int]:
    """Which of these change sets wrote what is asked for."""
    plain = _plain(asked, keys)
    if not asked.column:
        found = set(plain.order_by().values_list("change_set_id", flat=True).distinct())
    else:
        told = plain.values_list("change_set_id", "delta")
        found = {pk for pk, delta in told if _tells(asked, "u", json.loads(delta))}
    for batch in _batches(asked, [pk for pk in keys if pk not in found]):
        if batch.change_set_id not in found and _batch_tells(asked, batch):
            found.add(batch.change_set_id)
    return found


def _plain(asked: Asked, keys: Iterable[int]) -> QuerySet[Change]:
    rows = Change.objects.filter(change_set_id__among=list(keys))
    if asked.label:
        rows = rows.filter(model=asked.label)
    if asked.pk is not None:
        rows = rows.filter(object_id=asked.pk)
    if asked.column:
        rows = rows.filter(kind="u", delta__contains=f'"{asked.column}":')
    return rows


def _batches(asked: Asked, keys: Iterable[int]) -> QuerySet[Batch]:
    rows = Batch.objects.filter(change_set_id__among=list(keys)).order_by("pk")
    if not asked.column:
        rows = rows.defer("data")
    if asked.pk is not None:
        thin = BatchEntry.objects.filter(type_id=type_id(asked.label), object_id=asked.pk)
        rows = rows.filter(pk__in=thin.values("batch_id"))
    return rows.filter(model=asked.label) if asked.label else rows


def _batch_tells(asked: Asked, batch: Batch) -> bool:
    return not asked.column or next(iter(_some_of(asked, batch, 1)), None) is not None


def _tells(asked: Asked, kind: str, delta: dict[str, Any]) -> bool:
    """Whether an entry is a change of the column that is asked for."""
    return kind == "u" and asked.column in unfolded(asked.label, kind, delta)


def tells(asked: Asked, entry: Written) -> bool:
    """Whether one entry of a change set that fits is what is asked for."""
    if asked.label and entry.model != asked.label:
        return False
    if asked.pk is not None and entry.pk != asked.pk:
        return False
    return not asked.column or _tells(asked, entry.kind, entry.delta)


def sizes(changes: Iterable[ChangeSet]) -> dict[int, dict[str, int]]:
    """How many rows of which model each change set wrote, by its id."""
    keys = [change.pk for change in changes]
    found: dict[int, dict[str, int]] = {key: defaultdict(int) for key in keys}
    plain = Change.objects.filter(change_set_id__among=keys).order_by().values_list("change_set_id", "model")
    batched = Batch.objects.filter(change_set_id__among=keys).order_by().values_list("change_set_id", "model")
    for key, label, count in plain.annotate(n=Count("pk")):
        found[key][label] += count
    for key, label, count in batched.annotate(n=Sum("size")):
        found[key][label] += int(count)
    return found


def samples(asked: Asked, changes: Iterable[ChangeSet], most: int = 3) -> dict[int, list[Written]]:
    """The first entries of each change set that are asked for, by its id."""
    keys = [change.pk for change in changes]
    found: dict[int, list[Written]] = {key: [] for key in keys}
    number = Window(RowNumber(), partition_by="change_set_id", order_by=["seq", "pk"])
    rows = _plain(asked, keys).annotate(number=number).filter(number__lte=most).order_by("change_set_id", "seq", "pk")
    for row in rows:
        delta = json.loads(row.delta)
        if not asked.column or _tells(asked, row.kind, delta):
            found[row.change_set_id].append(Written(row.model, row.object_id, row.kind, delta, marks_of(row.erased)))
    lacking = [key for key, entries in found.items() if len(entries) < most]
    firsts = _batches(asked, lacking).order_by().values_list("change_set_id").annotate(first=Min("pk"))
    for batch in Batch.objects.filter(pk__among=[first for _key, first in firsts]):
        entries = found[batch.change_set_id]
        entries += _some_of(asked, batch, most - len(entries))
    return found


def _some_of(asked: Asked, batch: Batch, most: int) -> list[Written]:
    """The first entries of a batch that are asked for; the lines after them are not read."""
    if asked.pk is not None:
        some = unpack_some(batch, [asked.pk])
        return [e for e in some if not asked.column or _tells(asked, e.kind, e.delta)][:most]
    found: list[Written] = []
    mark = f'"{asked.column}":'.encode() if asked.column else b""
    for line in zlib.decompress(bytes(batch.data)).split(b"\n"):
        if mark in line:
            entry = Written(batch.model, *json.loads(line))
            if not asked.column or _tells(asked, entry.kind, entry.delta):
                found.append(entry)
                if len(found) >= most:
                    break
    return found
