"""Reads shaped for one page: the board, and the way of one opportunity."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, F, Func, Q, Sum

from coordina.core import keyset
from coordina.core.actors import Actor, Reach
from coordina.core.ordering import Order
from coordina.core.prepared import Prepared, RowIds
from coordina.core.sight import hidden_columns
from coordina.core.types import type_of
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity, OpportunityLine, Stage, StageEntry, StageSum
from coordina.pipeline.stages import Stages
from coordina.pipeline.sums import MEASURES

CARDS = 20
"""Cards of a column that come with the page."""
ORDER = Order("closes_on", "closes_on", descending=False, nullable=True)
"""What closes first stands on top; without a day last."""
_COLUMNS = (
    *("stage_id", "version", "name", "company__name", "amount", "currency", "closes_on", "owner_id", "owner__name"),
    *("next_step", "next_step_on", "entered_on", "team_id"),
)
_CARDS = Prepared(lambda keys: Opportunity.objects.filter(pk__in=keys).order_by().values_list("pk", *_COLUMNS))
_MONEY = DecimalField(max_digits=24, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Card:
    """An opportunity on the board; the names are those of its columns."""

    pk: int
    stage_id: int
    version: int
    name: str
    company: str | None
    amount: Decimal | None
    currency: str
    closes_on: dt.date | None
    owner_id: int
    owner: str
    next_step: str
    next_step_on: dt.date | None
    entered_on: dt.date | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What is in a stage.

    Attributes:
        value, weighted: In the reporting currency, major units; None where they are hidden.
        mean_days: Mean days in the stage so far, of those whose day of entry is known; None where none is.
    """

    count: int = 0
    value: Decimal | None = Decimal(0)
    weighted: Decimal | None = Decimal(0)
    mean_days: int | None = None


_TELLS: Mapping[str, tuple[str, ...]] = {"value": ("value",), "weighted": ("value", "probability")}
"""Of which fields each sum tells."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its first cards.

    Attributes:
        place, total: Which of how many open stages it is.
        more: Mark of the next cards; empty where there are none.
    """

    stage: Stage
    place: int
    total: int
    sums: Sums
    cards: tuple[Card, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The open stages of a pipeline side by side."""

    pipeline_id: int
    columns: tuple[Column, ...] = field(default=())

    @property
    def count(self) -> int:
        """Open opportunities in all."""
        return sum(column.sums.count for column in self.columns)

    @property
    def value(self) -> Decimal | None:
        """Their value; None where it is hidden."""
        return _total(column.sums.value for column in self.columns)

    @property
    def weighted(self) -> Decimal | None:
        """Their value times probability; None where it is hidden."""
        return _total(column.sums.weighted for column in self.columns)


def _total(parts: Iterable[Decimal | None]) -> Decimal | None:
    found = list(parts)
    return None if None in found else sum((part for part in found if part is not None), Decimal(0))


def board(
    pipeline: int, user: Actor, today: dt.date, *, condition: Q | None = None, stages: Stages | None = None,
    size: int = CARDS,
) -> Board:  # fmt: skip
    """The board as a person sees it.

    Args:
        pipeline: Its id.
        user: Whose view it is: cards and sums hold what this person may see.
        today: The day it is for them.
        condition: Of a filter, compiled; None for all.
        stages: Where they were read already.
        size: Cards a column.
    """
    found = (stages or Stages()).of(pipeline, rules.OPEN)
    sums = sums_of(found, user, today, condition=condition)
    small = [s.pk for s in found if 0 < sums[s.pk].count <= size]
    cards = _all_cards(small, user, condition)
    pages = {s.pk: _page(s.pk, user, condition, "", size) for s in found if sums[s.pk].count > size}
    first = _cards([pk for page in pages.values() for pk in page.ids], user)
    columns = []
    for place, stage in enumerate(found, 1):
        page = pages.get(stage.pk, keyset.Page(()))
        here = cards.get(stage.pk) or tuple(first[pk] for pk in page.ids if pk in first)
        columns.append(Column(stage, place, len(found), sums[stage.pk], here, page.next))
    return Board(pipeline, tuple(columns))


def _all_cards(stages: Sequence[int], user: Actor, condition: Q | None) -> dict[int, tuple[Card, ...]]:
    """All cards of columns that fit on the page, in order; one query for all of them."""
    if not stages:
        return {}
    rows = Opportunity.objects.visible_to(user).filter(condition or Q(), stage_id__in=stages)
    cards = [Card(*row) for row in rows.order_by().values_list("pk", *_COLUMNS)]
    cards.sort(key=lambda c: (c.closes_on is None, c.closes_on or dt.date.min, c.pk))
    cards = _veiled(cards, user)
    return {stage: tuple(c for c in cards if c.stage_id == stage) for stage in stages}


def more_cards(
    stage: int, user: Actor, after: str, *, condition: Q | None = None, size: int = CARDS
) -> tuple[tuple[Card, ...], str]:
    """Further cards of a column, and the mark of those after them.

    Raises:
        BadFilter: For a mark that is none of ours.
    """
    page = _page(stage, user, condition, after, size)
    cards = _cards(page.ids, user)
    return tuple(cards[pk] for pk in page.ids if pk in cards), page.next


def _page(stage: int, user: Actor, condition: Q | None, after: str, size: int) -> keyset.Page:
    listed = Opportunity.objects.visible_to(user).filter(stage_id=stage)
    if condition is not None:
        listed = listed.filter(condition)
    return keyset.page(listed, ORDER, after=after, size=size)


def _cards(keys: Sequence[int], user: Actor) -> dict[int, Card]:
    return {card.pk: card for card in _veiled([Card(*row) for row in _CARDS(RowIds(keys))], user)}


_EMPTY: Mapping[str, Any] = {"company": None, "amount": None, "closes_on": None, "next_step": "", "next_step_on": None}
"""What a card shows of what is hidden."""


def _veiled(cards: list[Card], user: Actor) -> list[Card]:
    """Cards without what is hidden from somebody."""
    gone = {n: v for n, v in _EMPTY.items() if n in hidden_columns(type_of(Opportunity), user)}
    return [replace(card, **gone) for card in cards] if gone else cards


def sums_of(stages: Sequence[Stage], user: Actor, today: dt.date, *, condition: Q | None = None) -> dict[int, Sums]:
    """The sums of some open stages, as far as a person may see; from the kept sums unless a filter is in force."""
    keys = [stage.pk for stage in stages]
    rows = _kept(keys, user) if condition is None else _counted(keys, user, condition)
    found = {key: _sums(rows.get(key, (0, 0, 0, 0, 0)), today) for key in keys}
    hidden = type_of(Opportunity).sight(user).hidden
    gone: dict[str, Any] = {n: None for n, of in _TELLS.items() if not hidden.isdisjoint(of)}
    return {key: replace(sums, **gone) for key, sums in found.items()} if gone else found


def _sums(row: tuple[int, ...], today: dt.date) -> Sums:
    count, cents, weighted, dated, days = row
    mean = max(0, round(today.toordinal() - days / dated)) if dated else None
    return Sums(count, Decimal(cents) / 100, Decimal(weighted) / 10_000, mean)


def _kept(keys: Sequence[int], user: Actor) -> dict[int, tuple[int, ...]]:
    """From `StageSum`, narrowed to literal ids of the owner or the teams."""
    scope = user.scope(Opportunity.view_permission())
    if scope is None:
        return {}
    if scope.reach is Reach.TEAM:
        found = _KEPT_OF_TEAMS(keys, scope.team_ids)
    else:
        found = _KEPT_OF_ONE(keys, scope.user_id) if scope.reach is Reach.OWN else _KEPT(keys)
    return {row[0]: tuple(row[1:]) for row in found}


def _added(rows: Any) -> Any:
    return rows.order_by().values_list("stage_id").annotate(**{f"sum_{m}": Sum(m) for m in MEASURES})


_KEPT = Prepared(lambda keys: _added(StageSum.objects.filter(stage_id__in=keys)))
_KEPT_OF_ONE = Prepared(lambda keys, user: _added(StageSum.objects.filter(stage_id__in=keys, owner_id=user)))
_KEPT_OF_TEAMS = Prepared(lambda keys, teams: _added(StageSum.objects.filter(stage_id__in=keys, team_id__in=teams)))


class _DayNumber(Func):
    """The ordinal of a date column, as `date.toordinal` counts, so that days can be summed."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Julian days begin at noon of another year."""
        return super().as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Two dates subtracted are days."""
        template = "((%(expressions)s) - DATE '0001-01-01' + 1)"
        return super().as_sql(compiler, connection, template=template, **context)


def _counted(keys: Sequence[int], user: Actor, condition: Q) -> dict[int, tuple[int, ...]]:
    """From the opportunities themselves, in one pass over an index that holds all it needs."""
    rows = (
        Opportunity.objects.visible_to(user)
        .filter(condition, stage_id__in=keys)
        .order_by()
        .values_list("stage_id")
        .annotate(
            n=Count("pk"),
            total=Sum("value"),
            times=Sum(F("value") * F("probability"), output_field=_MONEY),
            known=Count("entered_on"),
            days=Sum(_DayNumber("entered_on")),
        )
    )
    return {
        stage: (count, round((total or 0) * 100), round((times or 0) * 100), known, days or 0)
        for stage, count, total, times, known, days in rows
    }


@dataclass(frozen=True, slots=True)
class Node:
    """A stage on the way of one opportunity.

    Attributes:
        state: `done`, `now`, `late` (now, and longer than the stage allows), or empty for what is to come.
        days: Days spent there, all stays together; None where unknown or not yet.
        mean_days: Mean days of those that are there now.
    """

    stage: Stage
    state: str
    days: int | None = None
    mean_days: int | None = None


_STAYS = Prepared(
    lambda deal: (
        StageEntry.objects.filter(opportunity_id=deal)
        .order_by("position")
        .values_list("stage_id", "entered_on", "left_on")
    )
)


def path_of(opportunity: Opportunity, user: Actor, today: dt.date) -> list[Node]:
    """The way of an opportunity through its pipeline: the open stages, and the end where it has one."""
    stages = Stages()
    stays = _STAYS(opportunity.pk)
    way = stages.of(opportunity.pipeline_id, rules.OPEN)
    days = days_by_stage(stays, today)
    here = stages.by_id[opportunity.stage_id]
    means = sums_of([here], user, today)
    place = stages.order[here.pk]
    been = {stage for stage, _entered, _left in stays}
    nodes = []
    for stage in way:
        if stage.pk == here.pk:
            late = rules.stalled(opportunity.entered_on, stage.ageing_days, today)
            nodes.append(Node(stage, "late" if late else "now", days.get(stage.pk), means[stage.pk].mean_days))
        else:
            behind = here.kind == rules.OPEN and stages.order[stage.pk] < place
            done = behind or (here.kind != rules.OPEN and (stage.pk in been or here.kind == rules.WON))
            nodes.append(Node(stage, "done" if done else "", days.get(stage.pk)))
    if here.kind != rules.OPEN:
        nodes.append(Node(here, "now"))
    return nodes


def days_by_stage(stays: Iterable[tuple[int, dt.date | None, dt.date | None]], today: dt.date) -> Mapping[int, int]:
    """Days in each stage, known stays added up; a stay whose end nobody knows counts only while it is the last."""
    found: dict[int, int] = {}
    known = list(stays)
    for index, (stage, entered, left) in enumerate(known):
        if left is None and index < len(known) - 1:
            continue
        days = rules.stage_days(entered, left, today)
        if days is not None:
            found[stage] = found.get(stage, 0) + days
    return found


def lines_of(opportunity: Opportunity, user: Actor) -> list[dict[str, Any]]:
    """The products of an opportunity: names, quantities, prices, totals (None where a price is unknown or hidden)."""
    hidden = type_of(OpportunityLine).sight(user).hidden
    found = [
        {
            "pk": pk,
            "product": "" if "product" in hidden else product,
            "quantity": None if "quantity" in hidden else quantity,
            "price": None if "unit_price" in hidden else price,
            "key": None if "product" in hidden else key,
        }
        for pk, product, quantity, price, key in _LINES(opportunity.pk)
    ]
    for line in found:
        known = line["price"] is not None and line["quantity"] is not None
        line["total"] = rules.total_of([(line["quantity"], line["price"])]) if known else None
    return found


_LINES = Prepared(
    lambda deal: (
        OpportunityLine.objects.filter(opportunity_id=deal)
        .order_by("pk")
        .values_list("pk", "product__name", "quantity", "unit_price", "product_id")
    )
)
