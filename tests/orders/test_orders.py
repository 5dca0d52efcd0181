"""An order from the draft to the closed order: sums, state, stock, and what undo does."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from coordina.core.refusals import Invalid, Refusal
from coordina.orders.actions import (
    cancel_order,
    close_order,
    confirm_order,
    pick_order,
    release_order,
    reopen_order,
    reserve_order,
)  # fmt: skip
from coordina.orders.fulfilment import (
    acknowledge,
    deliver_lines,
    open_to_ship,
    return_lines,
    set_expected,
    ship_lines,
)  # fmt: skip
from coordina.orders.models import Order, OrderLine
from coordina.stock.models import Location, Reservation, StockMove
from coordina.stock.reserving import held_for
from tests.orders.ground import Orders, figures
from tests.stock.ground import check

pytestmark = pytest.mark.django_db
TODAY = timezone.now().astimezone(ZoneInfo("Europe/Madrid")).date()


def test_sums_follow_the_lines_and_the_customers_taxes(shop: Orders) -> None:
    order = shop.order((shop.lamp, "3"), (shop.cable, "4"))
    assert (order.reference, order.status, order.placed_on) == ("ORD-000001", "received", TODAY)
    assert figures(order) == ("40.00", "8.40", "48.40") and order.value == 40
    lamps, cables = shop.lines(order)
    assert (lamps.unit_price, lamps.tax_rate, lamps.tax_name) == (10, 21, "IVA")
    shop.edit(cables, quantity="8", discount="50")
    assert figures(shop.now(order)) == ("40.00", "8.40", "48.40")
    shop.undo_it()
    assert figures(shop.now(order)) == ("40.00", "8.40", "48.40") and shop.lines(order)[1].quantity == 4
    shop.delete(cables)
    assert figures(shop.now(order)) == ("30.00", "6.30", "36.30")
    shop.undo_it()
    assert figures(shop.now(order)) == ("40.00", "8.40", "48.40")
    shop.edit(shop.customer, equivalence_surcharge=True)
    order = shop.edit(shop.now(order), prices_with_tax=True)
    assert figures(shop.now(order)) == ("31.70", "8.30", "40.00"), "40 € with 21 % and 5.2 %"


def test_what_is_there_is_reserved_and_the_rest_is_refused_with_where_it_is(shop: Orders) -> None:
    shop.received(2)
    shop.received(7, warehouse=shop.spare)
    order = shop.order((shop.lamp, "5"), warehouse=shop.main)
    with pytest.raises(Invalid) as refused:
        shop.do(confirm_order, order)
    assert "Lámpara" in refused.value.errors["accept_missing"][0] and "Sur" in refused.value.errors["accept_missing"][0]
    assert shop.now(order).status == "received" and not Reservation.objects.exists()
    order = shop.do(confirm_order, order, accept_missing=True)
    assert (order.status, order.confirmed_on) == ("confirmed", TODAY)
    assert shop.lines(order)[0].reserved == 2 and shop.figures() == (2, 2, 0)
    with pytest.raises(Refusal):
        shop.do(reserve_order, order)
    shop.received(3)
    order = shop.do(reserve_order, order)
    assert order.status == "reserved" and shop.lines(order)[0].reserved == 5
    shop.undo_last("orders.reserve_order")
    assert shop.now(order).status == "confirmed" and shop.lines(order)[0].reserved == 2
    order = shop.do(release_order, shop.now(order))
    assert order.status == "confirmed" and shop.figures() == (5, 0, 5)
    check()


def test_confirming_is_undone_and_reopened(shop: Orders) -> None:
    shop.received(5)
    order = shop.do(confirm_order, shop.order((shop.lamp, "5")))
    assert order.status == "reserved"
    with pytest.raises(Refusal):
        shop.edit(shop.lines(order)[0], quantity="6")
    with pytest.raises(Refusal):
        shop.edit(order, prices_with_tax=True)
    with pytest.raises(Refusal):
        shop.delete(order)
    assert shop.undo_last("orders.confirm_order").held == []
    order = shop.now(order)
    assert (order.status, order.confirmed_on) == ("received", None) and shop.figures() == (5, 0, 5)
    order = shop.do(confirm_order, order)
    order = shop.do(reopen_order, order)
    assert order.status == "received" and shop.figures() == (5, 0, 5)
    shop.edit(shop.lines(order)[0], quantity="4")
    assert shop.now(order).net == 40


def test_the_whole_life_in_two_parts(shop: Orders) -> None:
    shop.received(10)
    order = shop.do(confirm_order, shop.order((shop.lamp, "10"), requested_on=TODAY), promised_on=TODAY)
    assert (order.promised_on, order.expected_on) == (TODAY, TODAY)
    order = shop.do(pick_order, order)
    assert order.status == "picked"
    [line] = shop.lines(order)
    assert [(n.line.pk, n.reserved, n.open) for n in open_to_ship(order)] == [(line.pk, 10, 10)]
    order = shop.told(ship_lines, order, {line.pk: Decimal(4)}, TODAY)
    assert (order.status, order.shipped_on) == ("partly", None) and shop.figures() == (6, 6, 0)
    with pytest.raises(Invalid) as refused:
        shop.told(ship_lines, order, {line.pk: Decimal(7)}, TODAY)
    assert f"line-{line.pk}" in refused.value.errors
    later = TODAY + timedelta(days=9)
    order = shop.told(set_expected, order, {line.pk: later}, undoable=True)
    assert (order.promised_on, order.expected_on) == (TODAY, later)
    order = shop.told(ship_lines, order, {line.pk: Decimal(6)}, TODAY)
    assert (order.status, order.shipped_on) == ("shipped", TODAY) and shop.figures() == (0, 0, 0)
    order = shop.told(deliver_lines, order, {line.pk: Decimal(9)}, TODAY)
    assert (order.status, order.delivered_on) == ("shipped", None)
    with pytest.raises(Refusal):
        shop.told(acknowledge, order, TODAY)
    order = shop.told(deliver_lines, order, {line.pk: Decimal(1)}, TODAY)
    assert (order.status, order.delivered_on) == ("delivered", TODAY)
    order = shop.told(acknowledge, order, TODAY)
    assert order.status == "acknowledged"
    order = shop.told(return_lines, order, {line.pk: Decimal(3)}, shop.spare, True, "Rotas", TODAY)
    assert shop.figures(warehouse=shop.spare) == (3, 0, 3) and shop.lines(order)[0].returned == 3
    order = shop.told(return_lines, order, {line.pk: Decimal(1)}, None, False, "Perdida", TODAY)
    assert StockMove.objects.order_by("-pk")[0].target.kind == "loss" and Location.objects.exists()
    order = shop.do(close_order, order)
    assert order.status == "closed"
    check()


def test_cancelling_keeps_what_was_sent(shop: Orders) -> None:
    shop.received(10)
    order = shop.do(confirm_order, shop.order((shop.lamp, "6"), (shop.cable, "2")), accept_missing=True)
    lamps, _cables = shop.lines(order)
    order = shop.told(ship_lines, order, {lamps.pk: Decimal(2)}, TODAY)
    order = shop.do(cancel_order, order, reason="Cierran el hotel")
    assert (order.status, order.cancel_reason, order.shipped_on) == ("shipped", "Cierran el hotel", TODAY)
    assert figures(order) == ("20.00", "4.20", "24.20") and shop.figures() == (8, 0, 8)
    shop.undo_last("orders.cancel_order")
    order = shop.now(order)
    assert (order.status, order.cancel_reason, order.shipped_on) == ("partly", "", None)
    assert shop.figures() == (8, 4, 4) and held_for(shop.lines(order)[0])[0].left == 4
    draft = shop.do(cancel_order, shop.order((shop.lamp, "1")), reason="Doble")
    assert (draft.status, draft.total) == ("cancelled", 0)
    shop.undo_last("orders.cancel_order")
    assert (shop.now(draft).status, shop.now(draft).net) == ("received", 10)
    check()


def test_orders_of_the_past_touch_no_stock(shop: Orders) -> None:
    old = date(2025, 3, 4)
    order = shop.past((shop.lamp, "40"), placed_on=old, was_shipped_on=old, was_delivered_on=old)
    assert (order.status, order.was, order.delivered_on, order.net) == ("delivered", "delivered", old, 400)
    assert shop.lines(order)[0].delivered == 40 and not StockMove.objects.exists()
    gone = shop.past((shop.lamp, "4"), placed_on=old, was="cancelled")
    assert (gone.status, gone.total, gone.cancelled_on) == ("cancelled", 0, None)
    away = shop.past((shop.lamp, "4"), placed_on=old, was="shipped")
    away = shop.told(deliver_lines, away, {shop.lines(away)[0].pk: Decimal(4)}, TODAY)
    assert away.status == "delivered"
    empty = shop.past(placed_on=old, was="closed")
    assert empty.status == "closed"
    assert OrderLine.objects.count() == 3 and Order.objects.count() == 4
