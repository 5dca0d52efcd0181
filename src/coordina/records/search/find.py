"""Asking the search index: only what somebody may see, the newest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import F, Q, Subquery
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from coordina.core.actors import Actor, Reach
from coordina.core.filters.refusals import BadFilter
from coordina.core.records import Record
from coordina.core.types import TYPES, RecordType, type_of
from coordina.ledger.entries import type_id
from coordina.records.models import SearchRow
from coordina.records.search.index import texts
from coordina.records.search.sql import Matches, Word, alternatives, fts_query
from coordina.records.search.words import near, plain, terms

DEEPER = 10
"""Times as many are looked at where fields are hidden from whoever asks: some are found by these fields only."""
MOST_READ = 2000
"""Records that are read again for somebody from whom fields are hidden."""
MANY_TEAMS = 400
"""Above this many teams a team's reach is not spelled into the query."""
FEW = 100
"""Records below which all that match are looked at: one question instead of two for each type."""
_STREAM = (
    "SELECT r.id, r.type_id, r.object_id, r.title FROM records_searchwords w"
    " JOIN records_searchrow r ON r.id = w.rowid WHERE w.words MATCH %s ORDER BY w.rowid DESC LIMIT %s"
)
"""FTS5 gives the newest first and stops when there are enough: it never gathers what a common word matches."""

type Marks = Mapping[RecordType, list[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found.

    Attributes:
        row: Grows with the age of the index row: newer is larger.
        own: Whether it is the asker's own.
    """

    type: RecordType
    pk: int
    title: str
    row: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes:
        near: Whether nothing was spelled as asked, and this is what is spelled nearly so.
    """

    hits: list[Hit]
    near: bool = False


def find(query: str, actor: Actor, *, only: Iterable[RecordType] | None = None, limit: int = 20) -> list[Hit]:
    """Records whose words begin like those of the query, newest first.

    Args:
        query: What was typed; accents, case and order do not matter.
        actor: Who asks; nothing they may not see is found.
        only: The record types to look in; all searchable ones when None.
        limit: How many at most.
    """
    return _newest(terms(query), _marks(actor, only), limit, actor)


def search(query: str, actor: Actor, *, only: Iterable[RecordType] | None = None, limit: int = 20) -> Answer:
    """As `find`, for people who look: what is called just so comes first, then their own, then the newest.

    Where nothing is found, words with one typing error are understood.

    Args:
        query: What was typed.
        actor: Who asks.
        only: The record types to look in; all searchable ones when None.
        limit: How many at most.
    """
    words, kinds = terms(query), list(TYPES if only is None else only)
    found = _pool(words, actor, kinds, limit)
    if found or not words:
        return Answer(_ranked(found, query)[:limit])
    guessed = _understood(words, _marks(actor, kinds), actor)
    found = _pool(guessed, actor, kinds, limit) if guessed else []
    return Answer(_alike(found, query)[:limit], near=bool(found))


def _pool(words: Sequence[Word], actor: Actor, kinds: Sequence[RecordType], limit: int) -> list[Hit]:
    """Candidates: all there are where they are few, else of every type the newest, and the newest of one's own; so that
    none crowds out the others.
    """
    marks = _marks(actor, kinds)
    every = _newest(words, marks, FEW, actor)
    if len(every) < FEW:
        own = {hit.row for hit in _newest(words, _own(marks, actor), FEW, actor)} if every else set()
        return [replace(hit, own=hit.row in own) for hit in every]
    found: dict[int, Hit] = {}
    for known, mine in marks.items():
        found |= {hit.row: hit for hit in _newest(words, {known: mine}, limit, actor)}
        own_marks = _own({known: mine}, actor)
        found |= {hit.row: replace(hit, own=True) for hit in _newest(words, own_marks, limit, actor)}
    return list(found.values())


def _ranked(hits: Sequence[Hit], query: str) -> list[Hit]:
    """Called just so, beginning so, with these words in the name, or elsewhere; then one's own, then the newest.

    What merely tells of something (`extra={"minor": True}`) comes after what it tells of.
    """
    wanted, asked = plain(query), terms(query)

    def rank(hit: Hit) -> tuple[int, bool, int]:
        title = plain(hit.title)
        words = title.split()
        level = 0 if title == wanted else 1 if title.startswith(wanted) else 3
        if level == 3 and all(any(w.startswith(a) for w in words) for a in asked):
            level = 2
        return level + 4 * bool(hit.type.extra.get("minor")), not hit.own, -hit.row

    return sorted(hits, key=rank)


def _alike(hits: Sequence[Hit], query: str) -> list[Hit]:
    """The most alike first."""
    wanted = plain(query)

    def rank(hit: Hit) -> tuple[bool, int, bool, int]:
        alike = round(fuzz.partial_ratio(wanted, plain(hit.title)))
        return bool(hit.type.extra.get("minor")), -alike, not hit.own, -hit.row

    return sorted(hits, key=rank)


def _understood(words: Sequence[str], marks: Marks, actor: Actor) -> list[Word]:
    """The words, with those that are found nowhere replaced by what is one error away and is there; none where none is.

    Hundreds of spellings are asked for once; what was found tells which of them are words of the company.
    """
    strange = [w for w in words if near(w) and len(words) > 1 and not _newest([w], marks, 1, actor)]
    strange = strange or [w for w in words if near(w)][-1:]
    if not strange:
        return []
    guesses = {w: frozenset(near(w)) for w in strange}
    hits = _newest([tuple(sorted(guesses[w])) if w in guesses else w for w in words], marks, FEW, actor)
    found = SearchRow.objects.filter(pk__in=[hit.row for hit in hits]).values_list("words", flat=True)
    there = {known for text in found for known in text.split()}
    meant: dict[str, Word] = {w: tuple(sorted(_begun(w, spelled, there))) for w, spelled in guesses.items()}
    return [meant.get(w, w) for w in words] if all(meant.values()) else []


def _begun(word: str, spelled: frozenset[str], there: Iterable[str]) -> set[str]:
    """Which spellings of a word some known word begins with."""
    lengths = range(len(word) - 1, len(word) + 2)
    return {known[:length] for known in there for length in lengths if known[:length] in spelled}


def _newest(words: Sequence[Word], marks: Marks, limit: int, actor: Actor) -> list[Hit]:
    """The newest that hold the words; of a type with fields hidden from the actor, in the fields they may see."""
    if not words or not marks:
        return []
    hidden = {known: names for known in marks if (names := hidden_words(known, actor))}
    if not hidden:
        return _indexed(words, marks, limit)
    found = _indexed(words, {known: found for known, found in marks.items() if known not in hidden}, limit)
    for known, names in hidden.items():
        near_by = _indexed(words, {known: marks[known]}, limit * DEEPER)
        told = telling(known, [hit.pk for hit in near_by], words, names)
        found += [hit for hit in near_by if hit.pk in told][:limit]
    return sorted(found, key=lambda hit: -hit.row)[:limit]


def hidden_words(known: RecordType, actor: Actor) -> frozenset[str]:
    """Names of the fields of a type whose words are in the index, but hidden from somebody."""
    hidden = known.sight(actor).hidden
    return frozenset(f.name for f in known.searchable if f.name in hidden) if hidden else frozenset()


def telling(known: RecordType, keys: Sequence[int], words: Sequence[Word], without: frozenset[str]) -> set[int]:
    """Those of some records that hold the words without the help of certain fields."""
    found = set()
    for pk, _title, text in texts(known, keys, without=without) if keys else ():
        held = text.split()
        if all(any(w.startswith(alternatives(word)) for w in held) for word in words):
            found.add(pk)
    return found


def _indexed(words: Sequence[Word], marks: Marks, limit: int) -> list[Hit]:
    """The newest rows that hold the words. PostgreSQL takes hundreds of spellings of one word for many rows and would
    go through the table from its end; put in order by a sum, they are looked up in the index.
    """
    if not marks:
        return []
    clause = [mark for found in marks.values() for mark in found]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_STREAM, [fts_query(words, [clause]), limit])
            rows: list[Any] = cursor.fetchall()
    else:
        rare = any(isinstance(word, tuple) for word in words)
        query = SearchRow.objects.filter(Matches(words, [clause])).order_by((F("pk") + 0).desc() if rare else "-pk")
        rows = list(query.values_list("pk", "type_id", "object_id", "title")[:limit])
    by_number = {type_id(known.model._meta.label): known for known in marks}
    return [Hit(by_number[number], pk, title, row) for row, number, pk, title in rows if number in by_number]


def matching(model: type[Record], text: str, actor: Actor) -> Q:
    """The condition for rows of a model whose words begin like those of `text`; for filters.

    It does not narrow to what somebody may see: the rows it is applied to are. Words of fields hidden from them do not
    count: what the index finds is then read again, up to `MOST_READ` records.

    Raises:
        BadFilter: When more would have to be read.
    """
    words = terms(text)
    if not words:
        return Q()
    known = type_of(model)
    if hidden := hidden_words(known, actor):
        near_by = _indexed(words, _marks(actor, [known]), MOST_READ + 1)
        if len(near_by) > MOST_READ:
            raise BadFilter(_("Too many records hold these words. Write more of them."))
        return Q(pk__in=sorted(telling(known, [hit.pk for hit in near_by], words, hidden)))
    number = type_id(model._meta.label)
    rows = SearchRow.objects.filter(Matches(words, [[f"xt{number}"]]), type_id=number)
    return Q(pk__in=Subquery(rows.values("object_id")))


def _marks(actor: Actor, only: Iterable[RecordType] | None) -> Marks:
    """The marks of what somebody may find, by type."""
    found = {known: _mark(known, actor) for known in (TYPES if only is None else only)}
    return {known: marks for known, marks in found.items() if marks}


def _own(marks: Marks, actor: Actor) -> Marks:
    """The same, of what they look after themselves."""
    return {t: [f"{mark}&xo{actor.pk}" for mark in found] for t, found in marks.items() if t.model.scope_owner}


def _mark(known: RecordType, actor: Actor) -> list[str]:
    """The marks of a type's rows within somebody's reach; none where they see none or nothing is indexed."""
    if not known.searchable or known.model.scope_parent:
        return []
    scope = actor.scope(known.model.view_permission())
    if scope is None:
        return []
    base = f"xt{type_id(known.model._meta.label)}"
    if scope.reach is Reach.ALL or not (known.model.scope_owner or known.model.scope_team):
        return [base]
    if scope.reach is Reach.TEAM and known.model.scope_team:
        return [f"{base}&xg{team}" for team in scope.team_ids[:MANY_TEAMS]]
    return [f"{base}&xo{scope.user_id}"] if known.model.scope_owner else []
