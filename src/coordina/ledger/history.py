"""One record's history: every change set that wrote it, newest first."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from coordina.core.jsonvalues import changed
from coordina.core.records import Record
from coordina.ledger.entries import Written, marks_of, type_id, unpack_some
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet


@dataclass(frozen=True, slots=True)
class Event:
    """One write of one record.

    Attributes:
        kind: `c`, `u` or `d`.
        delta: All columns of a created or deleted row; `{column: [before, after]}` of an updated one.
        erased: Columns whose values were erased; `delta` holds null for them.
    """

    change_set: ChangeSet
    model: str
    pk: int
    kind: str
    delta: dict[str, Any]
    erased: frozenset[str] = frozenset()


def history(subjects: Iterable[tuple[str, int]], *, limit: int = 50, before: int | None = None) -> list[Event]:
    """The last writes of some records, newest first.

    Args:
        subjects: Model labels with ids: a record and what belongs to it.
        limit: How many at most.
        before: Only change sets older than this id, for paging.
    """
    found: list[Event] = []
    by_label: dict[str, set[int]] = defaultdict(set)
    for label, pk in subjects:
        by_label[label].add(pk)
    for label, keys in by_label.items():
        found += _plain(label, keys, limit, before)
        found += _batched(label, keys, limit, before)
    found.sort(key=lambda e: (e.change_set.pk, e.kind != "c"), reverse=True)
    return found[:limit]


def history_of(obj: Record, **options: Any) -> list[Event]:
    """The last writes of one record, newest first."""
    return history([(obj._meta.label, obj.pk)], **options)


def _plain(label: str, keys: set[int], limit: int, before: int | None) -> list[Event]:
    rows = Change.objects.filter(model=label, object_id__in=keys).select_related("change_set__by").order_by("-pk")
    if before is not None:
        rows = rows.filter(change_set_id__lt=before)
    return [
        _event(r.change_set, Written(label, r.object_id, r.kind, json.loads(r.delta), marks_of(r.erased)))
        for r in rows[:limit]
    ]


def _event(change_set: ChangeSet, entry: Written) -> Event:
    """An event that tells what is in a keyed column key by key."""
    delta = unfolded(entry.model, entry.kind, entry.delta)
    return Event(change_set, entry.model, entry.pk, entry.kind, delta, frozenset(entry.erased))


def unfolded(label: str, kind: str, delta: dict[str, Any]) -> dict[str, Any]:
    """What was written, with each key of a keyed column as a column of its own."""
    if "custom" not in delta:
        return delta
    model: Any = apps.get_model(label)
    if "custom" not in getattr(model, "keyed", ()):
        return delta
    found = {n: v for n, v in delta.items() if n != "custom"}
    given = delta["custom"]
    if kind == "u":
        return found | {k: list(pair) for k, pair in changed(given[0], given[1]).items()}
    return found | dict(given or {})


def _batched(label: str, keys: set[int], limit: int, before: int | None) -> list[Event]:
    rows = BatchEntry.objects.filter(type_id=type_id(label), object_id__in=keys).order_by("-batch_id")
    if before is not None:
        rows = rows.filter(batch__change_set_id__lt=before)
    batches = list(dict.fromkeys(rows.values_list("batch_id", flat=True)[:limit]))
    found: list[Event] = []
    for batch in Batch.objects.filter(pk__in=batches).select_related("change_set__by").order_by("-pk"):
        for entry in unpack_some(batch, keys):
            found.append(_event(batch.change_set, entry))
    return found


def touched(change_set: ChangeSet, label: str, keys: Iterable[int]) -> set[int]:
    """Which of these rows the change set wrote."""
    wanted = list(keys)
    plain = Change.objects.filter(change_set=change_set, model=label, object_id__among=wanted)
    batched = BatchEntry.objects.filter(type_id=type_id(label), object_id__among=wanted, batch__change_set=change_set)
    return set(plain.values_list("object_id", flat=True)) | set(batched.values_list("object_id", flat=True))


def last_versions(label: str, keys: Iterable[int]) -> dict[int, int]:
    """The highest version that each of these rows had when it was deleted; a row may come back and go many times."""
    wanted = set(keys)
    plain = Change.objects.filter(model=label, object_id__among=wanted, kind="d").values_list("object_id", "delta")
    gone = [(pk, json.loads(delta)["version"]) for pk, delta in plain]
    batched = BatchEntry.objects.filter(type_id=type_id(label), object_id__among=wanted, kind="d")
    for batch in Batch.objects.filter(pk__in=batched.order_by().values("batch").distinct()).order_by("pk").iterator():
        gone += [(e.pk, e.delta["version"]) for e in unpack_some(batch, wanted) if e.kind == "d"]
    last: dict[int, int] = {}
    for pk, version in gone:
        last[pk] = max(version, last.get(pk, 0))
    return last


def values_at(obj: Record, version: int) -> dict[str, Any]:
    """What the columns that changed since `version` held then, by attribute name; JSON-able."""
    then: dict[str, Any] = {}
    for event in history_of(obj, limit=200):  # newest first: older befores overwrite newer ones
        if event.kind == "u" and event.delta.get("version", [0])[0] >= version:
            kept = (c for c in event.delta if c != "version" and c not in event.erased)
            then |= {column: event.delta[column][0] for column in kept}
    return then


def written_since(label: str, keys: Iterable[int], at: datetime) -> list[tuple[int, str, str]]:
    """What was written one by one of some records since a moment: id, kind and delta as JSON, the oldest first.

    Rows of bulk work are left out: they are told by what did the work.
    """
    rows = Change.objects.filter(model=label, object_id__in=list(keys), change_set__at__gte=at)
    return list(rows.order_by("pk").values_list("object_id", "kind", "delta"))
