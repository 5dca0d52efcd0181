"""The funnel board: open leads by stage, as far as somebody may see them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q

from coordina.core import keyset
from coordina.core.actors import Actor
from coordina.core.ordering import Order
from coordina.core.types import type_of
from coordina.leads.models import Lead, LeadStage
from coordina.leads.stages import Stages

CARDS = 20
"""Cards of a column that come with the page."""
MOST = 1000
"""Leads of a column that are counted; beyond, it is said to be more."""
ORDER = Order("received_at", "received_at", descending=True, nullable=False)
"""Who came last stands on top."""
_COLUMNS = (
    *("stage_id", "version", "title", "company_name", "source", "amount", "currency", "received_at", "entered_on"),
    *("next_step", "next_step_on", "owner_id", "owner__name", "team_id"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A lead on the board; the names are those of its columns."""

    pk: int
    stage_id: int
    version: int
    title: str
    company: str
    source: str
    amount: Decimal | None
    currency: str
    received_at: dt.datetime
    entered_on: dt.date | None
    next_step: str
    next_step_on: dt.date | None
    owner_id: int | None
    owner: str | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its first cards.

    Attributes:
        place, total: Which of how many open stages it is.
        count: Leads in it, at most one more than `MOST`.
        more: Mark of the next cards; empty where there are none.
    """

    stage: LeadStage
    place: int
    total: int
    count: int
    cards: tuple[Card, ...]
    more: str


def board(user: Actor, *, condition: Q | None = None, stages: Stages | None = None) -> list[Column]:
    """The open stages of the funnel side by side.

    Args:
        user: Whose view it is.
        condition: Of a filter, compiled; None for all.
        stages: Where they were read already.
    """
    found = (stages or Stages()).open
    columns = []
    for place, stage in enumerate(found, 1):
        cards, more = more_cards(stage.pk, user, "", condition=condition)
        count = count_of(stage.pk, user, condition=condition) if more else len(cards)
        columns.append(Column(stage, place, len(found), count, cards, more))
    return columns


def more_cards(stage: int, user: Actor, after: str, *, condition: Q | None = None) -> tuple[tuple[Card, ...], str]:
    """Cards of a column behind a mark, and the mark of those after them.

    Raises:
        BadFilter: For a mark that is none of ours.
    """
    page = keyset.page(_rows(stage, user, condition), ORDER, after=after, size=CARDS)
    cards = _cards(page.ids, user)
    return tuple(cards[pk] for pk in page.ids if pk in cards), page.next


def count_of(stage: int, user: Actor, *, condition: Q | None = None) -> int:
    """How many leads a person sees in a stage; at most one more than `MOST`."""
    return int(_rows(stage, user, condition).order_by()[: MOST + 1].count())


def _rows(stage: int, user: Actor, condition: Q | None) -> Any:
    rows = Lead.objects.visible_to(user).filter(stage_id=stage)
    return rows if condition is None else rows.filter(condition)


def _cards(keys: Sequence[int], user: Actor) -> dict[int, Card]:
    """Cards by id, without what is hidden from somebody."""
    rows = Lead.objects.filter(pk__in=keys).order_by().values_list("pk", *_COLUMNS)
    gone = {n: v for n, v in _EMPTY.items() if n in type_of(Lead).sight(user).hidden}
    return {row[0]: replace(Card(*row), **gone) if gone else Card(*row) for row in rows} if keys else {}


_EMPTY: Mapping[str, Any] = {"source": "", "amount": None, "next_step": "", "next_step_on": None}
"""What a card shows of what is hidden."""
