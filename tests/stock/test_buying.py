"""Ordering from suppliers, receiving what comes, and what is due."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.ledger.change_sets import change_set
from coordina.stock import rules
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockMove, Supplier, SupplierProduct
from coordina.stock.purchasing import (
    cancel_purchase,
    put_off_purchase,
    receive_all,
    receive_purchase,
    send_purchase,
)  # fmt: skip
from coordina.stock.queries import availability
from coordina.stock.receipts import compare_incoming, rebuild_incoming
from coordina.stock.reserving import reserve
from tests.clock import madrid_day
from tests.stock.ground import Stock, check

pytestmark = pytest.mark.django_db


class Buyer:
    """A supplier of lamps, and an order of forty lamps and ten cables."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.supplier: Supplier = stock.create(Supplier, name="Óptica Vega", lead_days="9", lead_deviation="2")
        stock.create(SupplierProduct, supplier=self.supplier, product=stock.lamp, price="12.5", minimum="10")
        self.order: PurchaseOrder = stock.create(PurchaseOrder, supplier=self.supplier, warehouse=stock.main)
        self.lamps = self.line(stock.lamp, "40")
        self.cables = self.line(stock.cable, "10")

    def line(self, product: Any, many: str) -> PurchaseLine:
        made: PurchaseLine = self.stock.create(PurchaseLine, purchase=self.order, product=product, quantity=many)
        return made

    def act(self, fn: Any, **values: Any) -> PurchaseOrder:
        made: PurchaseOrder = self.stock.act(fn, self.stock.keeper, self.order.pk, **values)
        assert compare_incoming() == 0
        check()
        return made

    def came(self, lamps: str = "", cables: str = "", **values: Any) -> PurchaseOrder:
        many = {str(line.pk): n for line, n in ((self.lamps, lamps), (self.cables, cables)) if n}
        return self.act(receive_purchase, quantities=many, **values)


@pytest.fixture
def buyer(stock: Stock) -> Buyer:
    return Buyer(stock)


def incoming(stock: Stock) -> tuple[Decimal, date | None]:
    item = stock.item()
    return item.incoming, item.next_receipt_on


def test_what_is_sent_is_incoming_until_it_came(stock: Stock, buyer: Buyer) -> None:
    assert buyer.order.reference == "PUR-000001" and buyer.lamps.unit_price == Decimal("12.5")
    assert incoming(stock) == (0, None)
    sent = buyer.act(send_purchase)
    due = madrid_day() + timedelta(days=9)
    assert (sent.status, sent.expected_on) == ("sent", due), "by the supplier's lead time"
    assert incoming(stock) == (40, due)
    stock.undo_last("stock.send_purchase", stock.keeper)
    assert incoming(stock) == (0, None) and compare_incoming() == 0
    buyer.order.refresh_from_db()
    buyer.act(send_purchase)
    later = due + timedelta(days=5)
    buyer.act(put_off_purchase, expected_on=later.isoformat())
    assert incoming(stock) == (40, later)

    partly = buyer.came(lamps="15", reason="Albarán 7")
    assert partly.status == "partly" and stock.figures() == (15, 0, 15) and incoming(stock) == (25, later)
    move = StockMove.objects.get()
    assert (move.subject_type, move.subject_id, move.reason) == ("stock.PurchaseOrder", buyer.order.pk, "Albarán 7")
    with pytest.raises(Forbidden):
        stock.undo_last("stock.receive_purchase")
    whole = buyer.act(receive_all)
    assert whole.status == "received" and stock.figures() == (40, 0, 40) and incoming(stock) == (0, None)
    assert stock.figures(stock.cable) == (10, 0, 10)


def test_more_or_less_than_ordered_needs_a_reason(stock: Stock, buyer: Buyer) -> None:
    buyer.act(send_purchase)
    for given in (
        {"lamps": "41"}, {"lamps": "40", "finish": True}, {"lamps": "-1"}, {}, {"quantities": {"999": "1"}},
    ):  # fmt: skip
        with pytest.raises((Invalid, Refusal)):
            buyer.act(receive_purchase, **given) if "quantities" in given else buyer.came(**given)
    assert stock.figures() == (0, 0, 0)
    done = buyer.came(lamps="41", reason="Una de regalo", finish=True)
    assert done.status == "received" and stock.figures() == (41, 0, 41)
    assert incoming(stock) == (0, None) and stock.item(stock.cable).incoming == 0
    buyer.cables.refresh_from_db()
    assert buyer.cables.closed and buyer.cables.open == 0


def test_what_was_sent_keeps_its_lines(stock: Stock, buyer: Buyer) -> None:
    empty: PurchaseOrder = stock.create(PurchaseOrder, supplier=buyer.supplier, warehouse=stock.main)
    with pytest.raises(Refusal):
        stock.act(send_purchase, pk=empty.pk)
    with pytest.raises(Refusal) as past:
        buyer.act(send_purchase, expected_on="2001-01-01")
    assert past.value.field == "expected_on"
    buyer.act(send_purchase)
    for attempt in (
        lambda: buyer.line(stock.lamp, "1"),
        lambda: stock.edit(buyer.lamps, quantity="50"),
        lambda: stock.delete(buyer.lamps),
        lambda: stock.delete(buyer.order),
        lambda: stock.edit(buyer.order, warehouse=stock.spare),
    ):
        with pytest.raises(Refusal):
            attempt()
    with pytest.raises((Forbidden, Refusal)):
        stock.act(send_purchase, stock.rep, buyer.order.pk)
    cancelled = buyer.act(cancel_purchase, reason="Ya no hace falta")
    assert cancelled.status == "cancelled" and incoming(stock) == (0, None)
    stock.undo_last("stock.cancel_purchase", stock.keeper)
    assert incoming(stock)[0] == 40 and compare_incoming() == 0
    stock.delete(empty)


def test_what_may_be_promised_by_a_day(stock: Stock, buyer: Buyer) -> None:
    stock.received("10")
    buyer.act(send_purchase)
    due = madrid_day() + timedelta(days=9)
    now = timezone.now()
    with change_set(by=stock.boss, at=now, via="web"):
        promise = reserve(product=stock.lamp, quantity=Decimal(12), subject=stock.cable, by=stock.boss, at=now)
    assert (promise.missing, [(a.warehouse.name, a.quantity, a.day) for a in promise.alternatives]) == (
        2, [("Central", 40, due)],
    )  # fmt: skip
    known = availability([stock.lamp.pk, stock.cable.pk])
    lamp = known[stock.lamp.pk]
    assert (lamp.on_hand, lamp.reserved, lamp.available, lamp.incoming) == (10, 10, 0, 40)
    assert [lamp.by(due), lamp.by(due + timedelta(days=1))] == [0, 40]
    assert rules.available_to_promise(Decimal(10), Decimal(4), [(None, Decimal(9))], due) == 6
    assert availability([stock.lamp.pk], stock.spare.pk)[stock.lamp.pk].incoming == 0
    assert rebuild_incoming() >= 2


def test_a_representative_sees_what_is_there_and_not_what_it_cost(stock: Stock, buyer: Buyer) -> None:
    item = stock.received("10")
    sees, keeps = stock.client(stock.rep), stock.client(stock.keeper)
    buyer.act(send_purchase)
    for url in (f"/stock/{item.pk}/", "/stock/", f"/products/{stock.lamp.pk}/", f"/warehouses/{stock.main.pk}/"):
        assert sees.get(url).status_code == keeps.get(url).status_code == 200, url
    for url in ("/purchase-orders/", f"/purchase-orders/{buyer.order.pk}/", f"/suppliers/{buyer.supplier.pk}/"):
        assert keeps.get(url).status_code == 200 and sees.get(url).status_code in (403, 404), url
    url = f"/purchase-orders/{buyer.order.pk}/receive/"
    assert sees.get(url).status_code == 404
    page = keeps.get(url).content.decode()
    assert "Lámpara" in page and 'value="40"' in page
    line = f"line-{buyer.lamps.pk}"
    answer = keeps.post(url, {line: "muchas", "moved_on": "", "reason": "Albarán 9"})
    assert answer.status_code == 422 and "muchas" in answer.content.decode() and "Albarán 9" in answer.content.decode()
    answer = keeps.post(url, {line: "41"})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.content.decode()
    answer = keeps.post(url, {line: "40", "version": PurchaseOrder.objects.get(pk=buyer.order.pk).version})
    assert answer.status_code == 302 and stock.figures() == (50, 0, 50)
