"""Erasing what the ledger holds of some rows: the values go, and it stays visible that something stood there.

What was erased becomes null in the stored entry, single or in a compressed batch, and a mark beside it says which
column it was, in which change set it was erased, and the digest under which the value was sealed. The salt of the value
goes as well, so nobody can find out by trying what it was, and the seal still verifies: as erased, not as tampered
with.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import Any

from django.db import transaction

from coordina.core.changes import required
from coordina.ledger.change_sets import cause
from coordina.ledger.entries import Marks, Written, pack, plain_json, type_id, unpack
from coordina.ledger.models.changes import Batch, BatchEntry, Change
from coordina.ledger.sealing.blocks import BATCH, CHANGE
from coordina.ledger.sealing.digests import SIZE
from coordina.ledger.sealing.making import alone
from coordina.ledger.sealing.opening import Opened

NEEDED = frozenset({"id", "version", "created_at", "changed_at"})
"""Columns without which the ledger could not say what happened; they are never erased."""
CHUNK = 500

type Digests = Callable[[Written, Collection[str]], dict[str, str] | None]
"""Gives up the salts of some columns of an entry for good, and says under which digests they were sealed, if at all."""


@dataclass(slots=True)
class Erased:
    """What an erasure took out of the ledger.

    Attributes:
        entries: Writes of the rows in which something was erased.
        values: Columns of them that held something; before and after of one write count once.
    """

    entries: int = 0
    values: int = 0


def erase_values(label: str, keys: Iterable[int], columns: Collection[str] | None = None) -> Erased:
    """Erase from the ledger what it holds of some rows, in all their writes, before and after.

    Call it inside the change set of the erasure, after the rows themselves have been overwritten or deleted there: what
    this very change set has written of them (the values before!) is erased too, so it comes last. Calling it again for
    the same rows erases what was written since and counts only that. Rows of other models that tell of the same person
    (parts, comments, notes, merged records) are erased by calls of their own.

    Readers of history find null where a value was, with the column named in `erased` of the entry; undo neither puts an
    erased value back nor brings an erased record back.

    Args:
        label: Model of the rows, such as `customers.Person`.
        keys: Ids of the rows, gone ones too.
        columns: Names as the ledger keeps them: `attname`, so `owner_id`, and `custom` for all added fields together;
            None for all but `NEEDED`.

    Returns:
        How much went.

    Raises:
        NotRecorded: Outside a change set.
    """
    required("erasing").write()
    by = cause()
    assert by is not None
    found = Erased()
    wanted = None if columns is None else frozenset(columns) - NEEDED
    with transaction.atomic():
        alone()  # nobody seals meanwhile what is about to go
        opened = Opened()
        for part in batched(sorted(set(keys)), CHUNK):
            _erase_plain(label, part, wanted, by, found, opened)
            _erase_batched(label, part, wanted, by, found, opened)
        opened.close()
    return found


def _erase_plain(
    label: str, keys: Collection[int], columns: frozenset[str] | None, by: int, found: Erased, opened: Opened
) -> None:
    rows = Change.objects.filter(model=label, object_id__among=list(keys)).order_by("pk")
    for row in list(rows.select_for_update()):
        entry = Written(label, row.object_id, row.kind, json.loads(row.delta), json.loads(row.erased or "{}"))
        less = _without(entry, columns, by, partial(opened.give_up, CHANGE, row.pk, 0), found)
        if less is not None:
            Change.objects.filter(pk=row.pk).update(delta=plain_json(less.delta), erased=plain_json(less.erased))


def _erase_batched(
    label: str, keys: Collection[int], columns: frozenset[str] | None, by: int, found: Erased, opened: Opened
) -> None:
    thin = BatchEntry.objects.filter(type_id=type_id(label), object_id__among=list(keys))
    wanted = set(keys)
    for pk in sorted(set(thin.order_by().values_list("batch_id", flat=True))):
        batch = Batch.objects.select_for_update().get(pk=pk)
        entries = unpack(batch)
        before = found.entries
        for place, entry in enumerate(entries):
            if entry.pk in wanted:
                digests = partial(opened.give_up, BATCH, pk, place)
                entries[place] = _without(entry, columns, by, digests, found) or entry
        if found.entries > before:
            Batch.objects.filter(pk=pk).update(data=pack(_lines(entries)))


def _lines(entries: Iterable[Written]) -> Iterator[list[Any]]:
    """Entries as a batch holds them; only what was erased carries marks."""
    for entry in entries:
        line = [entry.pk, entry.kind, entry.delta]
        yield [*line, entry.erased] if entry.erased else line


def _without(
    entry: Written, columns: frozenset[str] | None, by: int, digests: Digests, found: Erased
) -> Written | None:
    """The entry without some values; None where it holds nothing of them."""
    going = [n for n in entry.delta if (columns is None or n in columns) and n not in NEEDED and n not in entry.erased]
    if not going:
        return None
    found.entries += 1
    found.values += len(going)
    sealed = digests(entry, going) or {}
    nothing: Any = [None, None] if entry.kind == "u" else None
    # what no seal knows yet is sealed under a number that means nothing
    delta = entry.delta | dict.fromkeys(going, nothing)
    marks: Marks = {**entry.erased, **{name: [sealed.get(name) or secrets.token_hex(SIZE), by] for name in going}}
    return Written(entry.model, entry.pk, entry.kind, delta, marks)
