"""Winning an opportunity drafts its order, in the same change."""

from decimal import Decimal

import pytest
from django.utils import timezone

from coordina.accounts.days import today_of
from coordina.core.actions import foretold, of
from coordina.orders.models import Order
from coordina.pipeline.actions import reopen, win
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine
from tests.orders.ground import Orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(shop: Orders) -> Opportunity:
    shop.act(make_default_pipeline)
    made: Opportunity = shop.create(
        Opportunity, name="Hotel", company=shop.customer, amount="200", owner=shop.rep, opened_on="2026-01-01"
    )
    shop.create(OpportunityLine, opportunity=made, product=shop.lamp, quantity="4", unit_price="9.5")
    shop.create(OpportunityLine, opportunity=made, product=shop.cable, quantity="2")
    return made


def test_the_order_is_drafted_and_taken_back_with_the_win(shop: Orders, sale: Opportunity) -> None:
    assert "Marabú" in foretold(of(win), sale, shop.boss)
    shop.act(win, None, sale.pk, closed_on=today_of(shop.boss, timezone.now()))
    order = Order.objects.get()
    assert (order.opportunity_id, order.company_id, order.owner_id, order.team_id) == (
        sale.pk, shop.customer.pk, shop.rep.pk, shop.north.pk,
    )  # fmt: skip
    assert [(n.quantity, n.unit_price) for n in shop.lines(order)] == [(4, Decimal("9.5")), (2, Decimal("2.5"))]
    assert (order.status, order.net) == ("received", 43)
    assert shop.undo_last("pipeline.win").held == []
    assert not Order.objects.exists() and Opportunity.objects.get().status == "open"


def test_nothing_is_drafted_twice_nor_of_nothing(shop: Orders, sale: Opportunity) -> None:
    shop.act(win, None, sale.pk, closed_on=today_of(shop.boss, timezone.now()))
    shop.act(reopen, None, sale.pk)
    assert foretold(of(win), sale, shop.boss) == ""
    shop.act(win, None, sale.pk, closed_on=today_of(shop.boss, timezone.now()))
    assert Order.objects.count() == 1
    bare = shop.create(Opportunity, name="Sin líneas", company=shop.customer)
    assert foretold(of(win), bare, shop.boss) == ""
    shop.act(win, None, bare.pk, closed_on=today_of(shop.boss, timezone.now()))
    alone = shop.create(Opportunity, name="Sin empresa")
    shop.create(OpportunityLine, opportunity=alone, product=shop.lamp)
    shop.act(win, None, alone.pk, closed_on=today_of(shop.boss, timezone.now()))
    assert Order.objects.count() == 1
