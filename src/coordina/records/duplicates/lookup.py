"""Finding likely twins: a few index hits by the keys, then a closer look at what shares one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import connection

from coordina.core.actors import Actor
from coordina.ledger.entries import type_id
from coordina.records.duplicates.declared import Matching, facts_of
from coordina.records.duplicates.keys import keys_of, name_key
from coordina.records.duplicates.scoring import Facts, Verdict, possible
from coordina.records.models import MatchKey, NotSame

TERMS = 400
"""Keys that one query asks for: SQLite joins at most 500 selects."""
A_KEY = 20
"""Records of one key that are looked at: a key that more share tells little."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A stored record that may be the same.

    Attributes:
        pk: Its id.
        verdict: How alike, and why.
    """

    pk: int
    verdict: Verdict


def sharing(marks: Sequence[int]) -> list[tuple[int, int]]:
    """Keys with records that have them, the newest of each key; one query of one index hit a key."""
    if not marks:
        return []
    table = connection.ops.quote_name(MatchKey._meta.db_table)
    newest = f"SELECT key, object_id FROM {table} WHERE key = %s ORDER BY object_id DESC LIMIT {A_KEY}"  # noqa: S608  # names of ours
    one = f"SELECT * FROM ({newest}) k"  # noqa: S608  # names of ours
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(marks)), list(marks))
        return [(int(key), int(pk)) for key, pk in cursor.fetchall()]


def of_one_name(kind: Matching, names: Sequence[str], by: Actor) -> set[int]:
    """Ids of stored records that have one of some names, legal form and order of words aside; seen or not.

    Args:
        kind: The record type.
        names: As they are written.
        by: Who asks: nothing is found by a name that is hidden from them.
    """
    title = kind.model.title_column
    marks = {name_key(kind.name, kind.facts({title: name}, by)) for name in names} - {None}
    found: set[int] = set()
    for part in batched(sorted(mark for mark in marks if mark is not None), TERMS):
        found |= {pk for _key, pk in sharing(part)}
    return found


def twins_of(
    kind: Matching, facts: Facts, *, but: Iterable[int] = (), seen_by: Actor | None = None, most: int = 5
) -> list[Twin]:
    """Stored records that may be the same as what `facts` describe, the likeliest first.

    Args:
        kind: The record type.
        facts: Plain values of a record, stored or not.
        but: Ids to leave out: the record itself.
        seen_by: Who asks; what they may not see is as if it were not there. None for background work, which must keep
            the answer from people.
        most: How many at most.
    """
    keys = {pk for _key, pk in sharing(keys_of(kind.name, facts))} - set(but)
    if keys and seen_by is not None:
        keys = set(kind.model.objects.visible_to(seen_by).filter(pk__in=keys).values_list("pk", flat=True))
    return judged(facts, facts_of(kind, sorted(keys)), most) if keys else []


def twins_of_many(kind: Matching, several: Sequence[Facts], *, seen_by: Actor) -> list[Twin | None]:
    """The likeliest twin of each of many descriptions, rows of a file for example; None where there is none.

    Args:
        kind: The record type.
        several: Plain values of each.
        seen_by: Who asks; what they may not see is as if it were not there.
    """
    marks = [keys_of(kind.name, facts) for facts in several]
    near: dict[int, set[int]] = defaultdict(set)
    for part in batched({mark for each in marks for mark in each}, TERMS):
        for mark, pk in sharing(part):
            near[mark].add(pk)
    wanted = sorted({pk for keys in near.values() for pk in keys})
    stored: dict[int, Facts] = {}
    for some in batched(wanted, TERMS):
        seen = kind.model.objects.visible_to(seen_by).filter(pk__in=some).values_list("pk", flat=True)
        stored |= facts_of(kind, list(seen))
    found: list[Twin | None] = []
    for facts, each in zip(several, marks, strict=True):
        keys = {pk for mark in each for pk in near.get(mark, ())} & stored.keys()
        best = judged(facts, {pk: stored[pk] for pk in keys}, 1)
        found.append(best[0] if best else None)
    return found


def judged(facts: Facts, others: Mapping[int, Facts], most: int) -> list[Twin]:
    """Those of `others` that may be the same, the likeliest first."""
    found = [Twin(pk, verdict) for pk, other in others.items() if (verdict := possible(facts, other)) is not None]
    return sorted(found, key=lambda twin: (-twin.verdict.score, twin.pk))[:most]


def told_apart(kind: Matching, keys: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs among these records that somebody said are not the same."""
    wanted = list(keys)
    rows = NotSame.objects.filter(subject_type=kind.label)
    found = set(rows.filter(low_id__in=wanted).values_list("low_id", "high_id"))
    return found | set(rows.filter(high_id__in=wanted).values_list("low_id", "high_id"))


def number_of(kind: Matching) -> int:
    """Number of a record type in derived tables."""
    return type_id(kind.label)
