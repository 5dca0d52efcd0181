"""Asking the search index: only what somebody may see, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Subquery

from coordina.core.actors import Actor, Reach
from coordina.core.records import Record
from coordina.core.types import TYPES, RecordType
from coordina.ledger.entries import type_id
from coordina.records.models import SearchRow
from coordina.records.search.sql import Matches
from coordina.records.search.words import terms

MANY_TEAMS = 400
"""Above this many teams a team's reach is not spelled into the query."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found."""

    type: RecordType
    pk: int
    title: str


def find(query: str, actor: Actor, *, only: Iterable[RecordType] | None = None, limit: int = 20) -> list[Hit]:
    """Records whose words begin like those of the query, newest first.

    Args:
        query: What was typed; accents, case and order do not matter.
        actor: Who asks; nothing they may not see is found.
        only: The record types to look in; all searchable ones when None.
        limit: How many at most.
    """
    words = terms(query)
    marks = {known: mark for known in (TYPES if only is None else only) if (mark := _mark(known, actor))}
    if not words or not marks:
        return []
    rows = SearchRow.objects.filter(Matches(words, [[m for mark in marks.values() for m in mark]])).order_by("-pk")
    by_number = {type_id(known.model._meta.label): known for known in marks}
    found = rows.values_list("type_id", "object_id", "title")[:limit]
    return [Hit(by_number[number], pk, title) for number, pk, title in found if number in by_number]


def matching(model: type[Record], text: str) -> Q:
    """The condition for rows of a model whose words begin like those of `text`; for filters.

    It does not narrow to what somebody may see: the rows it is applied to are.
    """
    words = terms(text)
    if not words:
        return Q()
    number = type_id(model._meta.label)
    rows = SearchRow.objects.filter(Matches(words, [[f"xt{number}"]]), type_id=number)
    return Q(pk__in=Subquery(rows.values("object_id")))


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
