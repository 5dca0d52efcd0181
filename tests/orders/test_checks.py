"""What is looked at before an order is confirmed: which line, why, what would work, and who may go on anyway."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordina.catalog.models import MarginFloor
from coordina.core.refusals import Invalid
from coordina.customers.models import Address
from coordina.orders.actions import cancel_order, confirm_order, reopen_order
from coordina.orders.checks import findings
from coordina.orders.models import Order
from tests.orders.ground import Orders

pytestmark = pytest.mark.django_db


def found(shop: Orders, order: Order) -> list[tuple[str, bool]]:
    """Names of what is found, and whether it blocks."""
    today = timezone.localdate()
    return [(f.name, f.blocks) for f in findings(shop.now(order), shop.lines(order), today, shop.boss)]


def test_a_price_of_nobodys_list_is_said_and_one_below_the_floor_blocks(shop: Orders) -> None:
    shop.received(9)
    order = shop.order((shop.lamp, "3"))
    assert found(shop, order) == []
    [line] = shop.lines(order)
    shop.edit(line, unit_price="8")
    assert found(shop, order) == [("price", False)]
    shop.edit(shop.lamp, cost="7.5")
    shop.create(MarginFloor, percent="20")
    assert found(shop, order) == [("margin", True), ("price", False)]
    shop.edit(shop.lines(order)[0], unit_price="10", discount="30")
    assert found(shop, order) == [("margin", True)], "discounts count"
    with pytest.raises(Invalid) as refused:
        shop.do(confirm_order, order)
    assert "Lámpara" in refused.value.errors["override_reason"][0]
    shop.edit(shop.lines(order)[0], discount="0")
    assert shop.do(confirm_order, order).status == "reserved"


def test_the_credit_limit_counts_what_is_agreed_and_not_closed(shop: Orders) -> None:
    shop.received(90)
    shop.edit(shop.customer, credit_limit="100")
    first = shop.do(confirm_order, shop.order((shop.lamp, "6")))
    second = shop.order((shop.lamp, "5"))
    assert found(shop, second) == [("credit", True)]
    with pytest.raises(Invalid) as refused:
        shop.do(confirm_order, second)
    assert "40" in refused.value.errors["override_reason"][0], "what would fit is said"
    shop.do(cancel_order, first, reason="Ya no")
    assert found(shop, second) == []
    assert shop.do(confirm_order, second).status == "reserved"


def test_who_may_goes_on_with_a_reason_that_is_kept(shop: Orders) -> None:
    shop.received(90)
    shop.edit(shop.customer, credit_limit="10", owner=shop.rep)
    order = shop.order((shop.lamp, "5"), owner=shop.rep)
    with pytest.raises(Invalid):
        shop.do(confirm_order, order, shop.rep, override_reason="Me fío de ellos")
    order = shop.do(confirm_order, order, override_reason="Pagan por adelantado")
    assert order.status == "reserved" and order.override_reason == "Pagan por adelantado"
    assert "10" in order.overridden
    order = shop.do(reopen_order, order)
    assert (order.override_reason, order.overridden) == ("", "")


def test_the_same_order_twice_is_said(shop: Orders) -> None:
    first = shop.order((shop.lamp, "3"), (shop.cable, "1"), customer_reference="P-77")
    other = shop.order((shop.lamp, "3"), (shop.cable, "2"))
    assert found(shop, other) == []
    same = shop.order((shop.cable, "1"), (shop.lamp, "3"))
    assert found(shop, same) == [("twice", False)]
    long_ago = timezone.localdate() - timedelta(days=40)
    again = shop.order((shop.lamp, "9"), customer_reference="p-77", placed_on=long_ago)
    assert found(shop, again) == [("twice", False)]
    today = timezone.localdate()
    assert [f.name for f in findings(same, shop.lines(same), today, shop.other)] == [], "what one may not see"
    shop.do(cancel_order, first, reason="Doble")
    assert found(shop, again) == []


def test_goods_go_somewhere(shop: Orders) -> None:
    shop.received(9)
    order = shop.order((shop.lamp, "1"), delivery_to="")
    assert found(shop, order) == [("address", True)]
    shop.create(Address, company=shop.customer, kind="main", street="Calle Mayor, 1", city="Gijón")
    shop.create(Address, company=shop.customer, kind="delivery", street="Muelle 3", city="Gijón", postal_code="33201")
    order = shop.order((shop.lamp, "2"), delivery_to="")
    assert order.delivery_to == "Muelle 3\n33201 Gijón" and found(shop, order) == []
    service = shop.edit(shop.cable, nature="service")
    assert found(shop, shop.order((service, "2"), delivery_to="")) == []
