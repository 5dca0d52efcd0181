"""The formulas against worked values, and what is proposed from a year of moves."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.stock import rules
from coordina.stock.actions import receive, reserve_stock
from coordina.stock.enums import MoveKind, Place
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockMove, Supplier, SupplierProduct
from coordina.stock.ordering import order_more, order_proposed, take_reorder_point
from coordina.stock.places import outside
from coordina.stock.replenishing import Demand, advise, movers, points
from tests.clock import madrid_day
from tests.stock.ground import Stock, check


def test_worked_values() -> None:
    """Forty a day with a deviation of 12, nine days to come with a deviation of 2, 95 % of the cycles."""
    safety = rules.safety_stock(40, 12, 9, 2, 0.95)
    assert round(safety, 2) == 144.30
    assert round(rules.reorder_point(40, 9, safety), 2) == 504.30
    assert round(rules.safety_stock(40, 12, 9, 0, 0.95), 2) == 59.21
    assert round(rules.economic_order_quantity(14_600, 50, 3), 2) == 697.61
    assert [round(rules.z_of(s), 4) for s in (0.90, 0.95, 0.98, 0.99)] == [1.2816, 1.6449, 2.0537, 2.3263]
    assert rules.days_of_cover(90, 40) == 2.25
    assert rules.days_of_cover(90, 0) is None
    for wrong in (0.5, 1, 95):
        with pytest.raises(ValueError, match="service"):
            rules.z_of(wrong)


def test_demand_that_comes_now_and_then() -> None:
    assert rules.is_intermittent([0, 0, 5, 0, 0, 0, 4, 0]) and rules.is_intermittent([])
    assert not rules.is_intermittent([3, 4, 5, 0, 3, 4, 5, 2])
    assert rules.tsb([0, 0, 0]) == 0
    assert rules.tsb([4, 4, 4, 4]) == pytest.approx(4)
    once = [0.0] * 10 + [6.0] + [0.0] * 30
    assert 0 < rules.tsb(once) < rules.tsb(once[:11]), "it falls while nobody asks"
    assert rules.covering([0, 0, 5, 0, 0, 9, 0, 0, 0, 0], 2, 0.95) == 9
    assert rules.covering([1, 2, 3], 9, 0.95) == 6
    assert rules.covering([], 3, 0.95) == 0
    weekly = Demand(tuple(7.0 if n % 28 == 0 else 0.0 for n in range(364)))
    assert weekly.intermittent and weekly.yearly == 91
    safety, point = points(weekly, 14.0, 0.0)
    assert (point == 7 and safety == point - rules.Decimal(int(weekly.daily * 14)) - 0) or safety <= point
    assert points(Demand((1.0,) * 10), 9, 2) == (0, 0), "too little is known"


def test_orders_are_whole_boxes() -> None:
    d = Decimal
    assert rules.ordered(d(3), None, None) == 3
    assert rules.ordered(d("3.2"), None, None) == 4
    assert rules.ordered(d(3), d(10), None) == 10
    assert rules.ordered(d(12), d(10), d(5)) == 15
    assert rules.ordered(d("0.4"), None, d("0.5")) == d("0.5")


@pytest.fixture
def sold(stock: Stock) -> Stock:
    """Lamps sell four a day for half a year; cables were never touched."""
    supplier = stock.create(Supplier, name="Óptica Vega", lead_days="9", lead_deviation="2", currency="EUR")
    stock.create(SupplierProduct, supplier=supplier, product=stock.lamp, price="12.5", minimum="10", multiple="25")
    stock.received("800")
    now, today = timezone.now(), madrid_day()
    with change_set(by=stock.keeper, at=now, via="system"):
        place, out = stock.place(stock.main), outside(Place.CUSTOMER)
        rows: list[dict[str, Any]] = [
            {"kind": MoveKind.ISSUE, "product": stock.lamp, "quantity": Decimal(4 + n % 3 - 1), "origin": place,
             "target": out, "moved_on": today - dt.timedelta(days=n)}
            for n in range(182)
        ]  # fmt: skip
        type_of(StockMove).writer.create(rows, by=stock.keeper, at=now)
    return stock


@pytest.mark.django_db
def test_what_sells_is_proposed_with_quantity_day_and_reason(sold: Stock) -> None:
    today, item = madrid_day(), sold.item()
    [advice] = advise([item], today)
    assert advice.demand.daily == pytest.approx(4, abs=0.05) and not advice.demand.intermittent
    assert not advice.quantity and advice.point > 36 and advice.lead == 9
    sold.act(take_reorder_point, pk=item.pk)
    item = sold.item()
    assert item.reorder_point == advice.point and not item.low
    sold.act(reserve_stock, pk=item.pk, quantity=str(item.available - 20), purpose="Granja Alta")
    item = sold.item()
    assert item.low
    [advice] = advise([item], today)
    assert advice.quantity % 25 == 0 and advice.quantity >= advice.point + 120 - 20
    assert advice.due_on == today + dt.timedelta(days=9) and "20" in advice.why
    fast, slow = movers(sold.boss, today)
    assert fast[0][0] == item and fast[0][1] == pytest.approx(28, abs=0.5) and slow == []

    with pytest.raises(Forbidden):
        sold.act(order_more, sold.rep, item.pk)
    sold.act(order_more, sold.keeper, item.pk)
    order, line = PurchaseOrder.objects.get(), PurchaseLine.objects.get()
    assert (order.status, order.warehouse, line.quantity, line.unit_price) == (
        "draft", sold.main, advice.quantity, Decimal("12.5"),
    )  # fmt: skip
    assert "20" in order.why and order.expected_on == advice.due_on
    sold.undo_last("stock.order_more", sold.keeper)
    assert not PurchaseOrder.objects.exists()
    check()


@pytest.mark.django_db
def test_nothing_is_invented(sold: Stock) -> None:
    sold.received("5", sold.cable)
    item = sold.item(sold.cable)
    with pytest.raises(Refusal):
        sold.act(take_reorder_point, pk=item.pk)
    for values in ({}, {"quantity": "3"}):
        with pytest.raises(Refusal) as wrong:
            sold.act(order_more, sold.keeper, item.pk, **values)
        assert wrong.value.field in ("quantity", "supplier")
    with pytest.raises(Refusal):
        sold.act(order_proposed, sold.keeper, quantities={})
    sold.act(receive, sold.keeper, item.pk, quantity="1")


@pytest.mark.django_db
def test_the_page_orders_what_is_ticked(sold: Stock) -> None:
    item = sold.item()
    sold.edit(item, reorder_point=str(int(item.available) + 1))
    lost = sold.received("1", sold.cable)
    sold.edit(lost, reorder_point="9")
    keeper = sold.client(sold.keeper)
    assert sold.client(sold.rep).get("/replenishment/").status_code == 403
    page = keeper.get("/replenishment/").content.decode()
    assert "Lámpara" in page and "Óptica Vega" in page and "Cable" in page
    assert "Lámpara" not in keeper.get(f"/replenishment/?warehouse={sold.spare.pk}").content.decode()
    answer = keeper.post("/replenishment/", {"pick": [item.pk], f"item-{item.pk}": "veinte"})
    assert answer.status_code == 422 and "veinte" in answer.content.decode()
    answer = keeper.post("/replenishment/", {"pick": [lost.pk], f"item-{lost.pk}": "20"})
    assert answer.status_code == 422 and f"item-{lost.pk}-error" in answer.content.decode()
    assert keeper.post("/replenishment/", {}).status_code == 422
    answer = keeper.post("/replenishment/", {"pick": [item.pk], f"item-{item.pk}": "50"})
    assert answer.status_code == 302 and PurchaseLine.objects.get().quantity == 50
