"""Checking the ledger against its seals: what was changed, removed, reordered or inserted since, by name."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordina.ledger.entries import Written, unpack
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.models.seals import Seal, Verification
from coordina.ledger.sealing.blocks import (
    BATCH,
    CHANGE,
    FIRST,
    SET,
    Head,
    Reach,
    heads_of,
    keys_of,
    places_of,
    root_of,
)
from coordina.ledger.sealing.digests import SIZE, entry_digest, header_digest, salts_of
from coordina.ledger.sealing.making import alone, entry_of
from coordina.ledger.sealing.salts import Salts

KEPT = 500
"""Findings that are remembered by name; all are counted."""
TRIED = 40_000
"""Pairs of a seal that are compared at most to find out what changed places."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed.

    Attributes:
        what: `changed`, `removed`, `inserted` or `reordered`; `seal` where the chain itself is broken, `unknown` where
            values are marked as erased by a change set that does not exist, `index` where the entry is right but the
            history of its record does not find it.
        change_set: Where it belongs; 0 where that is not known.
        model, pk: The record; empty for a change set itself and for seals.
        seal: Number of the seal; 0 for what none covers.
    """

    what: str
    change_set: int = 0
    model: str = ""
    pk: int = 0
    seal: int = 0


@dataclass(slots=True)
class Report:
    """What a check found.

    Attributes:
        erased: Values erased for good, as they may be, by the change set that erased them.
        wrong: How many findings; `findings` holds the first.
    """

    seals: int = 0
    leaves: int = 0
    root: str = ""
    erased: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Note a finding."""
        self.wrong += 1
        if len(self.findings) < KEPT:
            self.findings.append(finding)

    def take(self, other: "Report") -> None:
        """Add what a part of the check found."""
        self.erased += other.erased
        self.wrong += other.wrong
        self.findings += other.findings[: max(0, KEPT - len(self.findings))]


def verify(*, anchor: str = "", progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Check everything that is sealed.

    Args:
        anchor: A root that was kept outside; it must stand in the chain. Without one it stays unnoticed when somebody
            removes the newest seals together with all that they cover.
        progress: Told how many seals are behind, and of how many.
    """
    report = Report()
    total = Seal.objects.count()
    before, reach, number = FIRST, Reach(), 0
    extras: dict[str, set[int]] = {CHANGE: set(), BATCH: set()}
    known = not anchor
    while (seal := Seal.objects.filter(number__gt=number).order_by("number").first()) is not None:
        if seal.number != number + 1:
            report.add(Finding("seal", seal=number + 1))
            before = ""
        heads, now = _checked(seal, before, report), Reach.of(seal)
        if heads:
            report.take(_compared(seal, heads))
        _count_extras(heads, reach, now, extras)
        number, before, reach = seal.number, seal.root, now
        known = known or seal.root == anchor.strip().lower()
        report.seals += 1
        report.leaves += seal.leaves
        progress(report.seals, total)
    report.root = before
    _note_inserted(extras, reach, report)
    _check_erasers(report)
    if not known:
        report.add(Finding("seal", seal=number + 1))
    return report


def _checked(seal: Seal, before: str, report: Report) -> list[Head]:
    """The heads of a seal that is what its root says; else it is noted, and nothing is compared with it."""
    digests = bytes(seal.digests)
    made = root_of(before, seal.number, seal.at, seal.reach, bytes(seal.heads), digests)
    if before and made != seal.root:
        report.add(Finding("seal", seal=seal.number))
    try:
        heads = heads_of(seal)
        whole = sum(1 if head[0] != BATCH else len(head[6]) for head in heads) * SIZE == len(digests)
    except (ValueError, zlib.error):
        heads, whole = [], False
    if not whole:
        if made == seal.root or not before:
            report.add(Finding("seal", seal=seal.number))
        return []
    return heads


def _compared(seal: Seal, heads: list[Head]) -> Report:
    """What a seal covers against what stands there; where something seems wrong once more with nobody erasing."""
    part = Report()
    _check_rows(seal, heads, part)
    if part.wrong:
        part = Report()
        with transaction.atomic():
            alone()
            _check_rows(Seal.objects.get(pk=seal.pk), heads, part)
    return part


@dataclass(slots=True)
class _Sealed:
    """One seal as it is compared."""

    seal: Seal
    digests: bytes
    salts: list[bytes | None]
    loose: dict[int, dict[str, bytes]]
    report: Report

    def digest(self, leaf: int) -> bytes:
        return self.digests[leaf * SIZE : (leaf + 1) * SIZE]

    def fits(self, entry: Written, change_set: int, leaf: int) -> bool:
        """Whether an entry is what was sealed at a place."""
        salts = salts_of(entry, self.salts[leaf], self.loose.get(leaf))
        return entry_digest(entry, change_set, salts) == self.digest(leaf)

    def right(self, entry: Written) -> None:
        """An entry is as it was; what was erased of it is counted."""
        for mark in entry.erased.values():
            self.report.erased[mark[1] if isinstance(mark[1], int) else 0] += 1

    def wrong(self, what: str, change_set: int, model: str = "", pk: int = 0) -> None:
        self.report.add(Finding(what, change_set, model, pk, self.seal.number))


def _check_rows(seal: Seal, heads: list[Head], report: Report) -> None:
    salts = Salts.stored(seal.salts)
    here = _Sealed(seal, bytes(seal.digests), salts.every(seal.leaves), salts.loose, report)
    places = list(places_of(heads))
    _check_sets(here, [(h, n) for h, n in places if h[0] == SET])
    _check_single(here, [(h, n) for h, n in places if h[0] == CHANGE])
    for head, place in places:
        if head[0] == BATCH:
            _check_batch(here, head, place)


def _check_sets(here: _Sealed, places: list[tuple[Head, int]]) -> None:
    rows = ChangeSet.objects.in_bulk([head[1] for head, _place in places])
    for head, place in places:
        row, salt = rows.get(head[1]), here.salts[place]
        if row is None:
            here.wrong("removed", head[1])
        elif salt is None or header_digest(row, salt) != here.digest(place):
            here.wrong("changed", head[1])


def _check_single(here: _Sealed, places: list[tuple[Head, int]]) -> None:
    rows = Change.objects.in_bulk([head[1] for head, _place in places])
    odd: list[tuple[Head, int, Change, Written | None]] = []
    for head, place in places:
        row = rows.get(head[1])
        if row is None:
            here.wrong("removed", head[2], head[4], head[5])
            continue
        entry = _readable(row)
        if entry is not None and row.seq == head[3] and here.fits(entry, row.change_set_id, place):
            here.right(entry)
        else:
            odd.append((head, place, row, entry))
    tries = len(odd) ** 2 <= TRIED
    for head, place, row, entry in odd:
        others = [leaf for _head, leaf, _row, _entry in odd if leaf != place] if tries else []
        moved = entry is not None and (
            here.fits(entry, row.change_set_id, place)  # its place within the change set is another
            or any(here.fits(entry, row.change_set_id, leaf) for leaf in others)
        )
        here.wrong("reordered" if moved else "changed", head[2], head[4], head[5])


def _readable(row: Change) -> Written | None:
    try:
        entry = entry_of(row)
    except ValueError:
        return None
    return entry if isinstance(entry.delta, dict) and isinstance(entry.erased, Mapping) else None


def _check_batch(here: _Sealed, head: Head, first: int) -> None:
    batch = Batch.objects.filter(pk=head[1]).first()
    sealed = list(zip(keys_of(head), head[6], range(first, first + len(head[6])), strict=True))
    if batch is None:
        for pk, _kind, _leaf in sealed:
            here.wrong("removed", head[2], head[4], pk)
        return
    try:
        lines = unpack(batch)
    except (ValueError, TypeError, zlib.error):
        for pk, _kind, _leaf in sealed:
            here.wrong("changed", head[2], head[4], pk)
        return
    if batch.seq != head[3]:
        here.wrong("reordered", head[2], head[4])
    _check_lines(here, head, batch, sealed, lines)
    _check_thin(here, batch, lines)


def _check_lines(
    here: _Sealed, head: Head, batch: Batch, sealed: list[tuple[int, str, int]], lines: list[Written]
) -> None:
    """Line by line: what stands in its place, what stands elsewhere, what is another, what is new and what is gone."""
    left = dict(enumerate(lines))
    lost: list[tuple[int, int, str, int]] = []
    for place, (pk, kind, leaf) in enumerate(sealed):
        if place in left and here.fits(left[place], batch.change_set_id, leaf):
            here.right(left.pop(place))
        else:
            lost.append((place, pk, kind, leaf))
    by_row: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, line in left.items():
        by_row[line.pk, line.kind].append(place)
    shifts = len(lines) != len(sealed)  # where lines came or went, the others moved up or down without anybody's doing
    for _place, pk, kind, leaf in lost:
        same = by_row[pk, kind]
        found = next((n for n in same if here.fits(left[n], batch.change_set_id, leaf)), None)
        if found is not None:
            here.right(left.pop(found))
            if not shifts:
                here.wrong("reordered", head[2], head[4], pk)
        elif same:
            found = same[0]
            del left[found]
            here.wrong("changed", head[2], head[4], pk)
        else:
            here.wrong("removed", head[2], head[4], pk)
            continue
        same.remove(found)
    for line in left.values():
        here.wrong("inserted", batch.change_set_id, line.model, line.pk)


def _check_thin(here: _Sealed, batch: Batch, lines: list[Written]) -> None:
    """The index by which histories find the lines of a batch says what the batch says."""
    thin = BatchEntry.objects.filter(batch=batch).values_list("object_id", "kind")
    if Counter(thin) != Counter((line.pk, line.kind) for line in lines):
        here.wrong("index", batch.change_set_id, batch.model)


def _count_extras(heads: list[Head], before: Reach, now: Reach, extras: dict[str, set[int]]) -> None:
    """Rows between two seals that neither covers; those that a seal takes up late are none."""
    for table, model in ((CHANGE, Change), (BATCH, Batch)):
        manager: Any = model._default_manager
        between = manager.filter(pk__gt=before.upto[table], pk__lte=now.upto[table])
        covered = {head[1] for head in heads if head[0] == table}
        extras[table] |= set(between.values_list("pk", flat=True)) - covered
        extras[table] -= covered


def _note_inserted(extras: dict[str, set[int]], reach: Reach, report: Report) -> None:
    """What stands where everything was sealed, and no seal knows it."""
    for table, model in ((CHANGE, Change), (BATCH, Batch)):
        manager: Any = model._default_manager
        for pk in sorted(extras[table]):
            if not reach.awaits(table, pk):
                row = manager.filter(pk=pk).first()
                if row is not None:
                    report.add(Finding("inserted", row.change_set_id, row.model, getattr(row, "object_id", 0)))


def _check_erasers(report: Report) -> None:
    """Whoever erased must be on record."""
    here = set(ChangeSet.objects.filter(pk__in=list(report.erased)).values_list("pk", flat=True))
    for key in sorted(report.erased.keys() - here):
        report.add(Finding("unknown", key))


def remember(report: Report, by_id: int | None) -> Verification:
    """Keep what a check found."""
    return Verification.objects.create(
        at=timezone.now(),
        by_id=by_id,
        seals=report.seals,
        leaves=report.leaves,
        erased=sum(report.erased.values()),
        wrong=report.wrong,
        findings=[[f.what, f.change_set, f.model, f.pk, f.seal] for f in report.findings],
        root=report.root,
    )
