"""Flaws of records: found by a job among what changed, taken back at once when the record is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coordina.core.changes import Entry
from coordina.core.derived import REBUILDS, follows
from coordina.core.quality import QUALITY, Flaw, Quality
from coordina.core.types import TYPES, RecordType
from coordina.records.models import QualityLook, QualityMark

CHUNK = 2000
"""Records that are looked at together."""

type Marks = set[tuple[int, str]]


def flawed(known: RecordType, condition: Q) -> Exists:
    """The rows of a type with a mark that meets a condition."""
    return Exists(QualityMark.objects.filter(condition, type=known.name, object_id=OuterRef("pk")))


def look(asked: Quality, *, everything: bool = False) -> int:
    """Judge what was written since the last look, or all records.

    Returns:
        How many records were looked at.
    """
    now = timezone.now()
    last = QualityLook.objects.filter(pk=asked.of).values_list("looked_at", flat=True).first()
    since = None if everything else last
    done = 0
    for keys in _written(asked, since):
        with transaction.atomic():
            _settle(asked, keys)
        done += len(keys)
    QualityLook.objects.update_or_create(type=asked.of, defaults={"looked_at": now})
    return done


def looked_at(asked: Quality) -> datetime | None:
    """When the records of a type were looked at last; None for never."""
    return QualityLook.objects.filter(pk=asked.of).values_list("looked_at", flat=True).first()


def _written(asked: Quality, since: datetime | None) -> Iterable[list[int]]:
    """Ids of the records written since a moment, in chunks."""
    rows: Any = TYPES[asked.of].model._base_manager.order_by("pk")
    rows = rows.filter(changed_at__gte=since) if since is not None else rows
    last = 0
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        last = keys[-1]


def _settle(asked: Quality, keys: Sequence[int]) -> None:
    """Let some records have exactly the marks that their values deserve."""
    wanted = found_in(asked, keys)
    rows = QualityMark.objects.filter(type=asked.of, object_id__in=keys)
    there = {(pk, code): mark for mark, pk, code in rows.values_list("pk", "object_id", "code")}
    QualityMark.objects.filter(pk__in=[mark for key, mark in there.items() if key not in wanted]).delete()
    QualityMark.objects.bulk_create(
        [QualityMark(type=asked.of, object_id=pk, code=code) for pk, code in sorted(wanted - there.keys())]
    )


def found_in(asked: Quality, keys: Sequence[int]) -> Marks:
    """The flaws of some records: id and name."""
    model: Any = TYPES[asked.of].model
    columns = sorted({column for flaw in asked.flaws for column in flaw.columns})
    rows = model._base_manager.filter(pk__in=keys).values("pk", *columns)
    return {(row["pk"], flaw.name) for row in rows for flaw in asked.flaws if _has(flaw, row)}


def _has(flaw: Flaw, row: Mapping[str, Any]) -> bool:
    return any(row[column] for column in flaw.columns) and flaw.wrong(row)


@follows()
def keep_marks(entries: Sequence[Entry]) -> None:
    """Judge marked records again when they are written, and forget the marks of deleted ones."""
    touched: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.kind != "c" and entry.model in _by_label():
            touched[entry.model].add(entry.pk)
    for label, keys in touched.items():
        asked = _by_label()[label]
        marked = QualityMark.objects.filter(type=asked.of, object_id__in=list(keys)) if len(keys) <= CHUNK else None
        if marked is None:
            marked = QualityMark.objects.filter(type=asked.of)
        again = set(marked.values_list("object_id", flat=True)) & keys
        if again:
            _settle(asked, sorted(again))


def _by_label() -> Mapping[str, Quality]:
    return {TYPES[asked.of].model._meta.label: asked for asked in QUALITY if asked.flaws}


def rebuild() -> int:
    """Judge all records; gives how many marks there are."""
    for asked in QUALITY:
        if asked.flaws:
            look(asked, everything=True)
    return QualityMark.objects.count()


def compare() -> int:
    """Marks that their records do not deserve; what was not looked at yet has none, and that is right."""
    wrong = 0
    for asked in QUALITY:
        there: Marks = set(QualityMark.objects.filter(type=asked.of).values_list("object_id", "code"))
        for part in batched(sorted({pk for pk, _code in there}), CHUNK):
            wrong += len({mark for mark in there if mark[0] in set(part)} - found_in(asked, part))
    return wrong


REBUILDS["quality"] = (rebuild, compare)
