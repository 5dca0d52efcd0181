"""Making seals: block by block, whatever is not sealed yet.

Nothing of this happens when something is written. A row that commits late is sealed late: ids that were missing when
others above them were sealed are looked for again until no transaction is left that could bring them.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from coordina.ledger.entries import Written, marks_of, unpack
from coordina.ledger.models.changes import Batch, Change, ChangeSet
from coordina.ledger.models.seals import Seal
from coordina.ledger.sealing.blocks import (
    BATCH,
    CHANGE,
    FIRST,
    SET,
    Gap,
    Head,
    Reach,
    pack_heads,
    root_of,
    steps_of,
)
from coordina.ledger.sealing.digests import entry_digest, header_digest, salts_of
from coordina.ledger.sealing.salts import Salts

SINGLE, BATCHES = 1000, 2
"""Rows of one block."""
SPARE = 1000
"""Transactions that are awaited besides: one may have drawn an id and be given its own number a moment later."""
LOCK = 0x5EA1
"""Names the lock under which seals are made and values erased."""


def alone() -> None:
    """Let nobody else seal or erase until the transaction ends. On SQLite only one writes anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def seal_all(progress: Callable[[int], None] = lambda leaves: None) -> int:
    """Seal what is not sealed yet, one block a transaction; killed in the middle, the next call goes on.

    Args:
        progress: Told how many entries are behind.

    Returns:
        How many digests were made.
    """
    done = 0
    while made := seal_some():
        done += made
        progress(done)
    return done


def seal_some() -> int:
    """Seal one block; gives how many digests it has, 0 where there is nothing to seal."""
    with transaction.atomic():
        if connection.vendor == "sqlite":  # take the right to write before reading
            Seal.objects.filter(number=0).update(leaves=0)
        alone()
        lowest = transactions()[0]  # before reading: what commits meanwhile is still awaited
        last = Seal.objects.order_by("-number").first()
        reach = Reach.of(last)
        changes = _unsealed(Change, CHANGE, reach, SINGLE, lowest)
        batches = _unsealed(Batch, BATCH, reach, BATCHES, lowest)
        if not changes and not batches:
            return 0
        return _made(last, reach, changes, batches)


def waiting() -> int:
    """How many rows are not sealed yet."""
    reach = Reach.of(Seal.objects.order_by("-number").first())
    return sum(
        model._default_manager.filter(_sought(table, reach)).count()
        for model, table in ((Change, CHANGE), (Batch, BATCH))
    )


def _sought(table: str, reach: Reach) -> Q:
    wanted = Q(pk__gt=reach.upto[table])
    for known, first, last, _until in reach.gaps:
        if known == table:
            wanted |= Q(pk__range=(first, last))
    return wanted


def _unsealed(model: Any, table: str, reach: Reach, most: int, lowest: int) -> list[Any]:
    """Rows that came late, then the next new ones; the reach moves up to them."""
    late = [gap for gap in reach.gaps if gap[0] == table]
    found: list[Any] = []
    if late:
        between = Q()
        for _table, first, last, _until in late:
            between |= Q(pk__range=(first, last))
        found = list(model.objects.filter(between).order_by("pk"))
    new = list(model.objects.filter(pk__gt=reach.upto[table]).order_by("pk")[:most])
    _note(table, reach, [row.pk for row in found], [row.pk for row in new], lowest)
    return found + new


def _note(table: str, reach: Reach, came: list[int], new: list[int], lowest: int) -> None:
    """What came is no longer missing; what is missing among the new is awaited, where it may still come."""
    gaps: list[Gap] = [gap for gap in reach.gaps if gap[0] != table]
    for _table, first, last, past in (gap for gap in reach.gaps if gap[0] == table):
        here = [pk for pk in came if first <= pk <= last]
        if lowest < past:  # somebody who might bring the others is still at work
            gaps += [(table, a, b, past) for a, b in _between([first - 1, *here, last + 1])]
    if new:
        until = transactions()[1]
        if until:
            gaps += [(table, a, b, until + SPARE) for a, b in _between([reach.upto[table], *new])]
        reach.upto[table] = new[-1]
    reach.gaps = gaps


def _between(keys: Iterable[int]) -> list[tuple[int, int]]:
    """First and last id of each stretch that is missing between some ids."""
    return [(a + 1, b - 1) for a, b in pairwise(keys) if b - a > 1]


def transactions() -> tuple[int, int]:
    """The oldest transaction at work and the first that has not begun; two zeros where ids are the order of commits."""
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
        )
        lowest, until = cursor.fetchone()
    return int(lowest), int(until)


def _made(last: Seal | None, reach: Reach, changes: list[Change], batches: list[Batch]) -> int:
    """Write one seal."""
    heads: list[Head] = []
    entries: list[tuple[int, Written]] = []
    for row in changes:
        heads.append([CHANGE, row.pk, row.change_set_id, row.seq, row.model, row.object_id, row.kind])
        entries.append((row.change_set_id, entry_of(row)))
    for batch in batches:
        lines = unpack(batch)
        kinds = "".join(line.kind for line in lines)
        steps = steps_of([line.pk for line in lines])
        heads.append([BATCH, batch.pk, batch.change_set_id, batch.seq, batch.model, steps, kinds])
        entries += [(batch.change_set_id, line) for line in lines]
    sets = list(ChangeSet.objects.filter(pk__among=sorted({key for key, _entry in entries})).order_by("pk"))
    heads = [[SET, row.pk] for row in sets] + heads
    salts = Salts.new(len(sets) + len(entries))
    each = salts.every(len(sets) + len(entries))
    digests = b"".join(_digests(sets, entries, each))
    _write(last, reach, heads, digests, salts, changes, batches)
    return len(each)


def _digests(sets: list[ChangeSet], entries: list[tuple[int, Written]], salts: list[bytes | None]) -> Iterable[bytes]:
    for row, salt in zip(sets, salts, strict=False):
        assert salt is not None
        yield header_digest(row, salt)
    for (key, entry), salt in zip(entries, salts[len(sets) :], strict=True):
        digest = entry_digest(entry, key, salts_of(entry, salt, None))
        assert digest is not None, f"an entry of {entry.model} {entry.pk} cannot be sealed"
        yield digest


def entry_of(row: Change) -> Written:
    """A single entry as it is sealed."""
    import json

    return Written(row.model, row.object_id, row.kind, json.loads(row.delta), marks_of(row.erased))


def _write(
    last: Seal | None,
    reach: Reach,
    heads: list[Head],
    digests: bytes,
    salts: Salts,
    changes: list[Change],
    batches: list[Batch],
) -> None:
    number, before = (last.number + 1, last.root) if last is not None else (1, FIRST)
    at: datetime = timezone.now().replace(microsecond=0)
    packed, said = pack_heads(heads), reach.as_json()
    single, many = [row.pk for row in changes], [row.pk for row in batches]
    Seal.objects.create(
        number=number,
        at=at,
        leaves=len(digests) // 16,
        change_from=min(single, default=None),
        change_to=max(single, default=None),
        batch_from=min(many, default=None),
        batch_to=max(many, default=None),
        reach=said,
        heads=packed,
        digests=digests,
        root=root_of(before, number, at, said, packed, digests),
        salts=salts.as_json(),
    )
