"""Keeping the blocking keys: they follow every write of a record and of what belongs to it, and can be rebuilt."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import batched
from typing import Any

from django.db import transaction

from coordina.core.changes import Entry
from coordina.core.derived import REBUILDS, follows
from coordina.core.inserting import insert_tuples
from coordina.ledger.entries import type_id
from coordina.records.duplicates.declared import MATCHINGS, Matching, facts_of, matching_of, plain
from coordina.records.duplicates.keys import keys_of
from coordina.records.models import MatchDue, MatchKey

CHUNK = 500
KEYS = ("key", "type_id", "object_id")
DUE = ("type_id", "object_id")


@follows()
def keep_keys(entries: Sequence[Entry]) -> None:
    """Write, renew and drop keys in the transaction of the records, and note whose twins are to be looked for."""
    made: dict[str, dict[int, Entry]] = defaultdict(dict)
    renew: dict[str, set[int]] = defaultdict(set)
    gone: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        for kind, by in _touched(entry.model):
            if by:
                moved = (entry.before.get(by), entry.after.get(by))
                renew[kind.label] |= {pk for pk in moved if pk is not None}
                if entry.kind == "u" and by not in entry.after and _concerns(kind, entry, by):
                    renew[kind.label] |= _owners(kind, entry, by)
            elif entry.kind == "c":
                made[kind.label][entry.pk] = entry
            elif entry.kind == "d":
                gone[kind.label].add(entry.pk)
            elif _concerns(kind, entry, ""):
                renew[kind.label].add(entry.pk)
    for label in {*made, *renew, *gone}:
        kind_ = matching_of(label)
        assert kind_ is not None
        _renew(kind_, made[label], renew[label] - gone[label], gone[label])


@cache
def _touched(label: str) -> tuple[tuple[Matching, str], ...]:
    """The matchings whose keys a write of a model may change, with the foreign key to their record."""
    found = [(kind, "") for kind in MATCHINGS if kind.label == label]
    for kind in MATCHINGS:
        for model, by in dict.fromkeys((p.of, p.by) for p in kind.hung):
            if model is not None and model._meta.label == label:
                found.append((kind, f"{by}_id"))
    return tuple(found)


def _concerns(kind: Matching, entry: Entry, by: str) -> bool:
    """Whether an update wrote a column that is compared."""
    columns = {p.column for p in kind.parts if (p.of is not None) == bool(by)}
    return not columns.isdisjoint(entry.after)


def _owners(kind: Matching, entry: Entry, by: str) -> set[int]:
    model: Any = next(p.of for p in kind.hung if p.of is not None and p.of._meta.label == entry.model)
    return set(model._base_manager.filter(pk=entry.pk).values_list(by, flat=True)) - {None}


def _renew(kind: Matching, made: dict[int, Entry], renew: set[int], gone: set[int]) -> None:
    """Bring the keys of some records up to date."""
    number = type_id(kind.label)
    for part in batched(sorted(gone), CHUNK):
        MatchKey.objects.filter(type_id=number, object_id__in=part).delete()
    fresh = {pk: entry for pk, entry in made.items() if pk not in renew and pk not in gone}
    own = [(p.trait, p.column) for p in kind.own]
    rows: list[tuple[int, int, int]] = []
    for pk, entry in fresh.items():
        facts = plain((trait, entry.after.get(column)) for trait, column in own)
        rows += [(key, number, pk) for key in keys_of(kind.name, facts)]
    for part in batched(sorted(renew), CHUNK):
        rows += _differing(kind, number, part)
    insert_tuples(MatchKey, KEYS, rows, "default")
    due = [(number, pk) for pk in sorted({*fresh, *renew})]
    insert_tuples(MatchDue, DUE, due, "default")


def _differing(kind: Matching, number: int, part: Sequence[int]) -> list[tuple[int, int, int]]:
    """Keys that records should have and have not; those they should not have any more are dropped."""
    have: dict[int, dict[int, int]] = defaultdict(dict)
    for row, key, pk in MatchKey.objects.filter(type_id=number, object_id__in=part).values_list(
        "pk", "key", "object_id"
    ):
        have[pk][key] = row
    new: list[tuple[int, int, int]] = []
    old: list[int] = []
    facts = facts_of(kind, part)
    for pk in part:
        wanted = set(keys_of(kind.name, facts[pk])) if pk in facts else set()
        new += [(key, number, pk) for key in sorted(wanted - have[pk].keys())]
        old += [row for key, row in have[pk].items() if key not in wanted]
    if old:
        MatchKey.objects.filter(pk__in=old).delete()
    return new


def rebuild(kind: Matching) -> int:
    """Make all keys of a type anew, and look for twins among all of its records again.

    Returns:
        How many keys there are now.
    """
    number, count = type_id(kind.label), 0
    rows: Any = kind.model._base_manager
    with transaction.atomic():
        MatchKey.objects.filter(type_id=number).delete()
        MatchDue.objects.filter(type_id=number).delete()
        for part in batched(rows.order_by("pk").values_list("pk", flat=True).iterator(2000), CHUNK):
            made = [
                (key, number, pk) for pk, facts in facts_of(kind, part).items() for key in keys_of(kind.name, facts)
            ]
            insert_tuples(MatchKey, KEYS, made, "default")
            insert_tuples(MatchDue, DUE, [(number, pk) for pk in part], "default")
            count += len(made)
    return count


def differences(kind: Matching) -> int:
    """How many records have keys other than they should."""
    number, wrong = type_id(kind.label), 0
    have: dict[int, set[int]] = defaultdict(set)
    for key, pk in MatchKey.objects.filter(type_id=number).values_list("key", "object_id").iterator(2000):
        wrong += key in have[pk]
        have[pk].add(key)
    rows: Any = kind.model._base_manager
    for part in batched(rows.order_by("pk").values_list("pk", flat=True).iterator(2000), CHUNK):
        facts = facts_of(kind, part)
        wrong += sum(have.pop(pk, set()) != set(keys_of(kind.name, facts[pk])) for pk in part)
    return wrong + len(have)


REBUILDS["duplicates"] = (
    lambda: sum(rebuild(kind) for kind in MATCHINGS),
    lambda: sum(differences(kind) for kind in MATCHINGS),
)
