"""Who somebody is in all their records, by which words they are named, and where the ledger tells of them."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps

from coordina.core.personal import KEEPINGS, KINDS, SAMES, Keeping, Subjects
from coordina.core.records import HANGERS, Record
from coordina.ledger.entries import type_id, unpack_some
from coordina.ledger.models.changes import Batch, BatchEntry, Change

MANY_DIGITS = 7
"""Digits from which a number names somebody."""


def subjects_of(record: Record) -> Subjects:
    """Everything that one human being is or was, beginning with one record."""
    ids: dict[str, set[int]] = defaultdict(set)
    ids[record._meta.label].add(record.pk)
    before = 0
    while before != (before := sum(map(len, ids.values()))):
        for label, same in SAMES:
            for far, keys in same(sorted(ids[label])).items() if ids[label] else ():
                ids[far] |= set(keys)
    known = {label: frozenset(keys) for label, keys in ids.items() if keys}
    words: set[Any] = set()
    changes: set[int] = set()
    for label, keys in known.items():
        kind = KINDS[label]
        rows: Any = kind.model._base_manager.filter(pk__in=sorted(keys))
        for row in rows.values_list(*kind.naming):
            words |= set(row)
        for change_set, delta in written(label, keys):
            changes.add(change_set)
            for name in kind.naming:
                found = delta.get(name)
                words |= set(found) if isinstance(found, list) else {found}
    return Subjects(known, tuple(sorted(filter(names_somebody, words))), frozenset(changes))


def names_somebody(word: Any) -> bool:
    """Whether a text names one person rather than many: an address, a number, or a name of more than one word."""
    if not isinstance(word, str):
        return False
    return "@" in word or "/" in word or " " in word.strip() or sum(c.isdigit() for c in word) >= MANY_DIGITS


def written(label: str, keys: Iterable[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What the ledger tells of rows: the change set, and what it wrote."""
    wanted = sorted(keys)
    for change_set, delta in Change.objects.filter(model=label, object_id__in=wanted).values_list(
        "change_set_id", "delta"
    ):
        yield change_set, json.loads(delta)
    thin = BatchEntry.objects.filter(type_id=type_id(label), object_id__in=wanted)
    for batch in Batch.objects.filter(pk__in=thin.values("batch")).order_by("pk").iterator(20):
        for entry in unpack_some(batch, wanted):
            yield batch.change_set_id, entry.delta


def former(keeping: Keeping, who: Subjects) -> set[int]:
    """Ids of rows that told of somebody once, by the ledger, and are gone by now: what they held is there still."""
    model: Any = keeping.model
    links: list[tuple[str, str, list[int]]] = [("", link, who.of(_far(model, link))) for link in keeping.links]
    if model in HANGERS:
        links += [(label, "subject_id", who.of(label)) for label in who.ids]
    found: set[int] = set()
    for label, column, keys in links:
        for key in keys:
            found |= _told_of(model._meta.label, label, column, key)
    there = set(model._base_manager.filter(pk__among=sorted(found)).values_list("pk", flat=True))
    return found - there


def _far(model: Any, attname: str) -> str:
    return str(next(c for c in model._meta.concrete_fields if c.attname == attname).related_model._meta.label)


def _told_of(label: str, subject: str, column: str, key: int) -> set[int]:
    """Rows whose making or removal the ledger tells with this value in this column."""
    marks = (f'"{column}":{key},', f'"{column}":{key}}}')
    found: set[int] = set()
    rows = Change.objects.filter(model=label)
    for mark in marks:
        for pk, delta in rows.filter(delta__contains=mark).values_list("object_id", "delta"):
            if not subject or json.loads(delta).get("subject_type") == subject:
                found.add(pk)
    for data in Batch.objects.filter(model=label).order_by("pk").values_list("data", flat=True).iterator(20):
        text = zlib.decompress(bytes(data))
        if not any(mark.encode() in text for mark in marks):
            continue
        for line in text.split(b"\n"):
            if any(mark.encode() in line for mark in marks):
                pk, _kind, delta, *_more = json.loads(line)
                if not subject or delta.get("subject_type") == subject:
                    found.add(int(pk))
    return found


def keepings() -> list[Keeping]:
    """What is kept of people, in the order in which it goes: records first, then the machine's own notes of them."""
    return sorted(KEEPINGS, key=lambda k: not issubclass(k.model, Record))


def record_named(label: str, pk: int) -> Any:
    """A person by label and id; None where they are gone."""
    model: Any = apps.get_model(label)
    return model._base_manager.filter(pk=pk).first()
