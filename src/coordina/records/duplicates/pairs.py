"""The queue: pairs that may be one, found in the background, kept until somebody decides or they differ enough."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from coordina.core.actors import Actor, Reach
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.ledger.entries import type_id
from coordina.records.duplicates.declared import MATCHINGS, Matching, facts_of, matching_of
from coordina.records.duplicates.index import rebuild
from coordina.records.duplicates.keys import keys_of
from coordina.records.duplicates.lookup import TERMS, sharing, told_apart
from coordina.records.duplicates.scoring import Facts, Verdict, possible
from coordina.records.models import DuplicatePair, MatchDue, MatchKey

AT_ONCE = 200
"""Records that are looked at together, before a short transaction."""
COUNTED = 1000
"""Open pairs are counted up to here."""


def look(most: int = 20_000) -> int:
    """Look for twins of records that were written since.

    Args:
        most: How many records at most; the rest waits for the next time.

    Returns:
        How many records were looked at.
    """
    fill_missing()
    done = 0
    while done < most:
        rows = list(MatchDue.objects.order_by("pk").values_list("pk", "type_id", "object_id")[:AT_ONCE])
        due = {kind: sorted({pk for _row, number, pk in rows if number == type_id(kind.label)}) for kind in MATCHINGS}
        found = {kind: pairs_of(kind, keys) for kind, keys in due.items()}  # before the transaction: it takes long
        with transaction.atomic():
            for kind, pairs in found.items():
                _settle(kind, due[kind], pairs)
            MatchDue.objects.filter(pk__in=[row for row, _number, _pk in rows]).delete()
        done += len(rows)
        if len(rows) < AT_ONCE:
            break
    return done


def fill_missing() -> None:
    """Make the keys of types that have records but no keys yet: after an update of the program."""
    for kind in MATCHINGS:
        rows: Any = kind.model._base_manager
        if not MatchKey.objects.filter(type_id=type_id(kind.label)).exists() and rows.exists():
            rebuild(kind)


def look_at(kind: Matching, keys: Sequence[int]) -> None:
    """Bring the open pairs of some records up to date."""
    _settle(kind, keys, pairs_of(kind, keys))


def _settle(kind: Matching, keys: Sequence[int], found: Mapping[tuple[int, int], Verdict]) -> None:
    """Keep the pairs that were found for some records, and drop what they had before."""
    if not keys:
        return
    number = type_id(kind.label)
    apart = told_apart(kind, keys)
    wanted = {pair: verdict for pair, verdict in found.items() if pair not in apart}
    for row in _touching(number, keys):
        verdict = wanted.pop((row.low_id, row.high_id), None)
        if verdict is None:
            row.delete()
        elif (row.score, row.reasons) != (verdict.score, _as_json(verdict)):
            row.score, row.reasons = verdict.score, _as_json(verdict)
            row.save(update_fields=["score", "reasons"])
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(type_id=number, low_id=low, high_id=high, score=v.score, reasons=_as_json(v))
            for (low, high), v in sorted(wanted.items())
        ],
        ignore_conflicts=True,
    )


def pairs_of(kind: Matching, keys: Sequence[int]) -> dict[tuple[int, int], Verdict]:
    """Pairs that some records may form with any others, with the verdicts."""
    facts = facts_of(kind, keys)
    by_mark: dict[int, list[int]] = defaultdict(list)
    for pk, mine in facts.items():
        for mark in keys_of(kind.name, mine):
            by_mark[mark].append(pk)
    near: set[tuple[int, int]] = set()
    for part in batched(by_mark, TERMS):
        for mark, other in sharing(part):
            near |= {(min(pk, other), max(pk, other)) for pk in by_mark[mark] if pk != other}
    missing = sorted({pk for pair in near for pk in pair} - facts.keys())
    for some in batched(missing, TERMS):
        facts |= facts_of(kind, some)
    return {pair: v for pair in sorted(near) if (v := _judged(facts, pair)) is not None}


def _judged(facts: dict[int, Facts], pair: tuple[int, int]) -> Verdict | None:
    low, high = pair
    return possible(facts[low], facts[high]) if low in facts and high in facts else None


def _as_json(verdict: Verdict) -> list[list[Any]]:
    return [[str(r.trait), round(r.alike, 3), r.bits] for r in verdict.reasons]


def _touching(number: int, keys: Iterable[int]) -> QuerySet[DuplicatePair]:
    wanted = list(keys)
    return DuplicatePair.objects.filter(Q(low_id__in=wanted) | Q(high_id__in=wanted), type_id=number).order_by("pk")


@follows()
def keep_pairs(entries: Sequence[Entry]) -> None:
    """Pairs go with their records; a decision closes a pair, and taking it back opens it again."""
    gone: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.kind == "d" and (kind := matching_of(entry.model)):
            gone[kind.label].append(entry.pk)
        elif entry.model == "records.NotSame" and entry.kind in "cd":
            said = entry.after or entry.before
            about = matching_of(said["subject_type"])
            if about is not None:
                look_at(about, [said["low_id"], said["high_id"]])
    for label, keys in gone.items():
        for part in batched(keys, TERMS):
            _touching(type_id(label), part).delete()


def open_pairs(
    kind: Matching,
    user: Actor,
    *,
    sure_from: float = 0.0,
    below: float = 2.0,
    behind: tuple[float, int] | None = None,
) -> QuerySet[DuplicatePair]:
    """Open pairs of which somebody may see both records, the likeliest first; others are as if they were not there.

    Args:
        kind: The record type.
        user: Who looks.
        sure_from: Only pairs with at least this score.
        below: Only pairs with less than this score.
        behind: Score and id of the pair behind which a page begins.
    """
    rows = DuplicatePair.objects.filter(type_id=type_id(kind.label), score__gte=sure_from, score__lt=below)
    scope = user.scope(kind.model.view_permission())
    if scope is None:
        return rows.none()
    rows = telling_nothing(rows, kind, user)
    if scope.reach is not Reach.ALL:
        seen = kind.model.objects.visible_to(user).values("pk")
        rows = rows.filter(low_id__in=seen, high_id__in=seen)
    if behind is not None:
        rows = rows.filter(score__lte=behind[0]).exclude(score=behind[0], pk__gte=behind[1])
    return rows.order_by("-score", "-pk")


def telling_nothing(rows: QuerySet[DuplicatePair], kind: Matching, user: Actor) -> QuerySet[DuplicatePair]:
    """Without the pairs that are told by something hidden from somebody: those are for others to decide."""
    for trait in sorted(kind.hidden(user)):
        rows = rows.annotate(why=Cast("reasons", TextField())).exclude(why__contains=f'"{trait}"')
    return rows


def pairs_with(kind: Matching, pk: int, user: Actor, most: int = 5) -> list[DuplicatePair]:
    """Open pairs of one record of which somebody may see the other one too."""
    near = telling_nothing(_touching(type_id(kind.label), [pk]), kind, user)
    rows = list(near.order_by("-score", "-pk")[: 4 * most])
    both = {key for row in rows for key in (row.low_id, row.high_id)}
    mine: Any = kind.model.objects.visible_to(user)
    seen = set(mine.filter(pk__in=both).values_list("pk", flat=True)) if rows else set()
    return [row for row in rows if row.low_id in seen and row.high_id in seen][:most]


def count_open(kind: Matching, user: Actor) -> int:
    """How many pairs wait for somebody, counted up to `COUNTED`."""
    return open_pairs(kind, user).order_by()[: COUNTED + 1].count()
