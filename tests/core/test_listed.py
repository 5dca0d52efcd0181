"""Statements kept by shape give what the query itself gives, whatever stands in the filter and whoever looks."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core import listed
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.keyset import bounded_count, bounded_sum, page
from coordina.core.listed import Listed
from coordina.core.ordering import order_of
from coordina.core.types import TYPES
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.vocabularies import vocabulary_of
from tests.world import World

pytestmark = pytest.mark.django_db

FILTERS = (
    "",
    "amount >= {n}",
    "amount >= {n} and status = open",
    "status = {s}",
    "not status = {s}",
    "not (status = {s} or amount < {n})",
    "amount < {n} or amount > 900 or closes_on < {d}",
    "closes_on >= {d} and amount >= {n}",
    "closes_on is empty",
    "closes_on is set and changed_at >= {d}",
    "owner = me",
    "owner = {k}",
    "probability >= {k}",
    "name ~ barco and amount >= {n}",
    'name = "{s}"',
    "closes_on in this_month",
    "company = {k}",
    "amount >= 99999999999.99",
    "owner = 922337203685477580",
)
ORDERS = ("amount", "-amount", "name", "-closes_on", "closes_on", "changed_at")


@pytest.fixture
def world() -> World:
    made = World()
    made.act(make_default_pipeline)
    owners = [made.rep, made.other, made.boss]
    for number in range(24):
        closes = None if number % 4 == 0 else dt.date(2026, 1 + number % 12, 5)
        amount = None if number % 7 == 0 else Decimal(number * 50) + Decimal("0.25")
        name = "Barcos" if number % 2 else f"Casa {number}"
        made.create(Opportunity, by=owners[number % 3], name=name, amount=amount, closes_on=closes)
    return made


def _condition(user: User, text: str) -> Any:
    known = TYPES["opportunity"]
    asker = Asker(user=user, now=timezone.now(), time_zone=ZoneInfo("Europe/Madrid"))
    return compile_filter(parse(text), vocabulary_of(known), asker) if text else None


@pytest.mark.parametrize("text", FILTERS)
def test_as_the_query_itself(world: World, text: str) -> None:
    known = TYPES["opportunity"]
    for n, s, d, k in ((300, "open", "2026-05-05", world.rep.pk), (725.25, "won", "2026-11-01", world.other.pk)):
        said = text.format(n=n, s=s, d=d, k=k)
        for user in (world.boss, world.rep, world.other, world.service):
            condition = _condition(user, said)
            made = Listed(Opportunity, user, condition)
            plain = Opportunity.objects.visible_to(user)
            plain = plain if condition is None else plain.filter(condition)
            for name in ORDERS:
                order = order_of(name, known.fields, Opportunity)
                first, second = page(made, order, size=5), page(plain, order, size=5)
                assert first == second, (said, user, name)
                if first.next:
                    assert page(made, order, after=first.next, size=5) == page(plain, order, after=first.next, size=5)
            for limit in (4, 100):
                assert bounded_sum(made, "amount", limit) == bounded_sum(plain, "amount", limit)
                assert bounded_count(made, limit) == bounded_count(plain, limit)


def test_compiled_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same filter with other values is the same shape; values are never part of what is kept."""
    listed._kept.clear()
    order = order_of("-amount", TYPES["opportunity"].fields, Opportunity)
    for n in range(5):
        condition = _condition(world.rep, f"amount >= {n} and status = open")
        with CaptureQueriesContext(connection) as queries:
            page(Listed(Opportunity, world.rep, condition), order, size=50)
        assert len(queries) == 2  # those with an amount, those without
    assert len(listed._kept) == 2


def test_what_is_kept_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "MOST", 3)
    order = order_of("name", TYPES["opportunity"].fields, Opportunity)
    for text in FILTERS:
        page(
            Listed(Opportunity, world.boss, _condition(world.boss, text.format(n=1, s="open", d="2026-01-01", k=1))),
            order,
        )
        assert len(listed._kept) <= 3
