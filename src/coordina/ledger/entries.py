"""Entries to disk and back: plain rows for a few, compressed batches with a thin index for many."""

import heapq
import itertools
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from coordina.core.changes import Entry, Journal
from coordina.core.derived import follow
from coordina.core.inserting import insert_one, insert_tuples
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet

SMALL = 50
"""Entries above this go into a compressed batch: 59 bytes a row instead of 329."""
STATEMENT = 1000
type Marks = Mapping[str, Sequence[Any]]
"""By column what was erased: the digest under which it was sealed, and the change set that erased it."""
NOTHING: Marks = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as read back.

    Attributes:
        delta: All columns of a created or deleted row; `{column: [before, after]}` of an updated one.
        erased: Columns whose values were erased; `delta` holds null for them. See `erasing`.
    """

    model: str
    pk: int
    kind: str
    delta: dict[str, Any]
    erased: Marks = NOTHING


@cache
def type_id(label: str) -> int:
    """Small number that stands for a model in the thin index."""
    return int(ContentType.objects.get_for_model(apps.get_model(label)).pk)


def delta_of(entry: Entry) -> dict[str, Any]:
    """What is kept of an entry; a created row needs no before, a deleted one no after."""
    if entry.kind == "c":
        return entry.after
    if entry.kind == "d":
        return entry.before
    return {name: [entry.before.get(name), value] for name, value in entry.after.items()}


def flush(journal: Journal, entries: Sequence[Entry]) -> None:
    """Write entries in the transaction of their rows, then tell what is derived from them."""
    change_set: ChangeSet = journal.context["change_set"]
    if change_set.pk is None:
        insert_one(ChangeSet, change_set, change_set.at, "default")
    change_set.seq += 1
    if len(entries) <= SMALL:
        columns = ("change_set_id", "seq", "model", "object_id", "kind", "delta")
        head = (change_set.pk, change_set.seq)
        insert_tuples(
            Change, columns, [(*head, e.model, e.pk, e.kind, plain_json(delta_of(e))) for e in entries], "default"
        )
    else:
        by_model: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_model[entry.model].append(entry)
        for label, part in by_model.items():
            data = pack([[e.pk, e.kind, delta_of(e)] for e in part])
            batch = Batch.objects.create(
                change_set=change_set, model=label, size=len(part), seq=change_set.seq, data=data
            )
            number = type_id(label)
            rows = [(batch.pk, e.kind, number, e.pk) for e in part]
            insert_tuples(BatchEntry, ("batch_id", "kind", "type_id", "object_id"), rows, "default")
    follow(entries)


plain_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def read(change_set: ChangeSet, *, reverse: bool = False) -> Iterator[list[Written]]:
    """The change set's entries in chunks, write by write, the last first when reversed; bounded memory."""
    streams = (_plain(change_set, reverse), _batched(change_set, reverse))
    for _seq, part in heapq.merge(*streams, key=lambda item: item[0], reverse=reverse):
        yield part[::-1] if reverse else part


def read_each(change_sets: Sequence[ChangeSet]) -> Iterator[tuple[ChangeSet, list[Written]]]:
    """What `read` gives of each of several change sets, those without batches read together."""
    rows = {row.pk: row for row in change_sets}
    large = set(Batch.objects.filter(change_set__in=list(rows)).values_list("change_set_id", flat=True).distinct())
    small = Change.objects.filter(change_set__in=[pk for pk in rows if pk not in large])
    order = small.order_by("change_set", "seq", "pk")
    values = order.values_list("change_set_id", "model", "object_id", "kind", "delta").iterator(STATEMENT)
    for pk, group in itertools.groupby(values, key=lambda row: row[0]):
        yield rows[pk], [Written(row[1], row[2], row[3], json.loads(row[4])) for row in group]
    for pk in sorted(large):
        for chunk in read(rows[pk]):
            yield rows[pk], chunk


def last_seq(change_set: ChangeSet) -> int:
    """Number of the last write of a change set that is to be continued."""
    found = [
        model._default_manager.filter(change_set=change_set).aggregate(last=Max("seq"))["last"]
        for model in (Change, Batch)
    ]
    return max((n for n in found if n is not None), default=0)


def _plain(change_set: ChangeSet, reverse: bool) -> Iterator[tuple[int, list[Written]]]:
    rows = Change.objects.filter(change_set=change_set).order_by("-seq" if reverse else "seq", "pk")
    values = rows.values_list("seq", "model", "object_id", "kind", "delta", "erased").iterator(STATEMENT)
    for seq, group in itertools.groupby(values, key=lambda row: row[0]):
        yield seq, [Written(row[1], row[2], row[3], json.loads(row[4]), marks_of(row[5])) for row in group]


def marks_of(stored: str | None) -> Marks:
    """What was erased of a plain row, as it is stored."""
    return json.loads(stored) if stored else NOTHING


def _batched(change_set: ChangeSet, reverse: bool) -> Iterator[tuple[int, list[Written]]]:
    order = ("-seq", "-pk") if reverse else ("seq", "pk")
    for key in list(Batch.objects.filter(change_set=change_set).order_by(*order).values_list("pk", flat=True)):
        batch = Batch.objects.get(pk=key)
        yield batch.seq, unpack(batch)


def pack(rows: Iterable[Sequence[Any]]) -> bytes:
    """Many entries as one compressed block: a line of JSON each, `[id, kind, delta]`, so that one is found quickly.

    A line of which something was erased has the marks of it as a fourth part.
    """
    return zlib.compress("\n".join(plain_json(row) for row in rows).encode(), 1)


def unpack(batch: Batch) -> list[Written]:
    """The entries of one batch, in the order they were written."""
    lines = zlib.decompress(bytes(batch.data)).replace(b"\n", b",")
    return [Written(batch.model, *line) for line in json.loads(b"[" + lines + b"]")]


def unpack_some(batch: Batch, keys: Iterable[int]) -> list[Written]:
    """The entries of some rows of a batch; the other lines are not even read as JSON."""
    text = b"\n" + zlib.decompress(bytes(batch.data))
    found: list[tuple[int, Written]] = []
    for key in keys:
        start = text.find(b"\n[%d," % key)
        while start >= 0:
            end = text.find(b"\n", start + 1)
            line = json.loads(text[start + 1 : end if end > 0 else len(text)])
            found.append((start, Written(batch.model, *line)))
            start = text.find(b"\n[%d," % key, start + 1)
    return [written for _place, written in sorted(found, key=lambda pair: pair[0])]
