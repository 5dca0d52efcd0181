"""Shipments: what is proposed, what leaves, what arrives and what comes back, with what follows for order and stock."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from coordina.core.refusals import Forbidden, Invalid, NotFound, Refusal
from coordina.ledger.models import ChangeSet
from coordina.orders.actions import confirm_order, reserve_order
from coordina.orders.enums import State as OrderState
from coordina.orders.models import Order
from coordina.shipping.actions import (
    cancel_shipment,
    due,
    fail_delivery,
    mark_delivered,
    note_receipt,
    note_tracking,
    prepare_shipment,
    ship,
    take_back_shipment,
    write_number,
)
from coordina.shipping.enums import State
from coordina.shipping.models import Carrier, Shipment, ShipmentLine, TrackingEvent
from tests.shipping.ground import Shipping
from tests.stock.ground import check


def test_a_shipment_from_packing_to_the_confirmed_receipt(shipping: Shipping) -> None:
    order = shipping.order(lamps=3, cables=2)
    shipment = shipping.packed(order)
    assert shipment.reference == "SHP-000001"
    assert (shipment.status, shipment.company, shipment.owner) == (State.PACKING, shipping.customer, shipping.rep)
    assert shipment.delivery_to == "Muelle 1\n11003 Cádiz"
    assert shipping.inside(shipment) == {"Lámpara": 3, "Cable": 2}
    assert shipping.figures() == (10, 3, 7), "packing moves nothing"
    shipping.act(ship, shipping.keeper, shipment.pk, tracking_number=" R-1 ")
    shipment = shipping.again(shipment)
    assert (shipment.status, shipment.shipped_on, shipment.tracking_number) == (State.SHIPPED, shipping.today, "R-1")
    assert shipment.expected_on is not None and shipment.expected_on > shipping.today
    assert shipping.figures() == (7, 0, 7)
    assert shipping.again(order).status == OrderState.SHIPPED
    shipping.act(mark_delivered, shipping.keeper, shipment.pk, received_by="Nora")
    shipment = shipping.again(shipment)
    assert (shipment.status, shipment.delivered_on, shipment.received_by) == (State.DELIVERED, shipping.today, "Nora")
    assert shipping.again(order).status == OrderState.DELIVERED
    shipping.act(note_receipt, shipping.keeper, order.pk)
    assert shipping.again(order).status == OrderState.ACKNOWLEDGED
    check()


def test_what_is_missing_goes_with_a_later_shipment(shipping: Shipping) -> None:
    order = shipping.order(lamps=12)
    first = shipping.sent(order)
    assert shipping.inside(first) == {"Lámpara": 10}
    assert shipping.again(order).status == OrderState.PARTLY
    with pytest.raises(Refusal):
        shipping.act(prepare_shipment, shipping.keeper, order.pk)
    shipping.received(5)
    shipping.act(reserve_order, shipping.rep, order.pk)
    second = shipping.packed(order)
    assert shipping.inside(second) == {"Lámpara": 2}
    shipping.act(ship, shipping.keeper, second.pk)
    assert shipping.again(order).status == OrderState.SHIPPED
    shipping.act(mark_delivered, shipping.keeper, first.pk)
    assert shipping.again(order).status == OrderState.SHIPPED, "the second one is on its way still"
    shipping.act(mark_delivered, shipping.keeper, second.pk)
    assert shipping.again(order).status == OrderState.DELIVERED


def test_nothing_is_packed_twice(shipping: Shipping) -> None:
    order = shipping.order(lamps=3)
    shipment = shipping.packed(order)
    with pytest.raises(Refusal):
        shipping.act(prepare_shipment, shipping.keeper, order.pk)
    inside = ShipmentLine.objects.get(shipment=shipment)
    with pytest.raises(Refusal) as over:
        shipping.edit(inside, shipping.keeper, quantity="4")
    assert over.value.field == "quantity"
    shipping.edit(inside, shipping.keeper, quantity="1")
    shipping.act(prepare_shipment, shipping.keeper, order.pk)
    rest = Shipment.objects.latest("pk")
    assert rest != shipment and shipping.inside(rest) == {"Lámpara": 2}
    shipping.act(cancel_shipment, shipping.keeper, rest.pk)
    assert shipping.figures() == (10, 3, 7), "what was unpacked stays reserved"
    again = shipping.packed(order)
    assert shipping.inside(again) == {"Lámpara": 2}
    for one in (shipment, again):
        shipping.act(ship, shipping.keeper, one.pk)
    assert shipping.line(order).shipped == 3
    check()


def test_each_warehouse_sends_its_own(shipping: Shipping) -> None:
    shipping.received(5, shipping.lamp, shipping.spare)
    order = shipping.order(lamps=13)
    shipping.act(prepare_shipment, shipping.keeper, order.pk)
    found = {s.warehouse.name: shipping.inside(s)["Lámpara"] for s in Shipment.objects.select_related("warehouse")}
    assert found == {"Central": 10, "Sur": 3}
    for shipment in Shipment.objects.all():
        shipping.act(ship, shipping.keeper, shipment.pk)
    assert shipping.figures(warehouse=shipping.spare) == (2, 0, 2)
    check()


def test_what_left_is_not_undone_but_taken_back(shipping: Shipping) -> None:
    shipment = shipping.sent(shipping.order(lamps=4))
    assert not ChangeSet.objects.get(action="shipping.ship").undoable
    with pytest.raises(Refusal):
        shipping.delete(shipment, shipping.keeper)
    shipping.act(fail_delivery, shipping.keeper, shipment.pk, reason="Nadie abre")
    assert shipping.again(shipment).trouble == "Nadie abre"
    shipping.act(take_back_shipment, shipping.keeper, shipment.pk, reason="Dirección falsa")
    assert shipping.again(shipment).status == State.RETURNED
    assert shipping.figures() == (10, 0, 10)
    with pytest.raises(Refusal):
        shipping.act(take_back_shipment, shipping.keeper, shipment.pk, reason="otra vez")
    broken = shipping.sent(shipping.order(lamps=2))
    shipping.act(mark_delivered, shipping.keeper, broken.pk)
    shipping.act(take_back_shipment, shipping.keeper, broken.pk, reason="Rotas", back_to_stock=False)
    assert shipping.figures() == (8, 0, 8), "what is broken is not sold again"
    check()


def test_a_delivery_is_undone_with_its_order(shipping: Shipping) -> None:
    order = shipping.order()
    shipment = shipping.sent(order)
    shipping.act(mark_delivered, shipping.keeper, shipment.pk, received_by="Nora")
    shipping.undo_last("shipping.mark_delivered")
    shipment = shipping.again(shipment)
    assert (shipment.status, shipment.delivered_on, shipment.received_by) == (State.SHIPPED, None, "")
    assert shipping.again(order).status == OrderState.SHIPPED
    assert shipping.line(order).delivered == 0


def test_refusals_say_what_is_wrong(shipping: Shipping) -> None:
    order = shipping.order()
    shipment = shipping.packed(order)
    tomorrow, before = shipping.today + dt.timedelta(days=1), shipping.today - dt.timedelta(days=1)
    with pytest.raises(Refusal) as future:
        shipping.act(ship, shipping.keeper, shipment.pk, shipped_on=tomorrow.isoformat())
    assert future.value.field == "shipped_on"
    with pytest.raises(Refusal) as early:
        shipping.act(ship, shipping.keeper, shipment.pk, expected_on=before.isoformat())
    assert early.value.field == "expected_on"
    with pytest.raises(Refusal):
        shipping.act(mark_delivered, shipping.keeper, shipment.pk)
    with pytest.raises(Refusal):
        shipping.edit(shipment, shipping.keeper, order=shipping.order(lamps=1))
    for values in ({"packages": "0"}, {"weight": "-1"}):
        with pytest.raises(Refusal):
            shipping.edit(shipment, shipping.keeper, **values)
    other = shipping.line(shipping.order(lamps=1))
    with pytest.raises(Refusal):
        shipping.create(ShipmentLine, shipping.keeper, shipment=shipment, line=other, quantity="1")
    shipping.delete(ShipmentLine.objects.get(shipment=shipment), shipping.keeper)
    with pytest.raises(Refusal) as empty:
        shipping.act(ship, shipping.keeper, shipment.pk)
    assert empty.value.code == "empty"
    shipping.create(ShipmentLine, shipping.keeper, shipment=shipment, line=shipping.line(order), quantity="3")
    shipping.act(ship, shipping.keeper, shipment.pk)
    with pytest.raises(Refusal):
        shipping.edit(ShipmentLine.objects.get(shipment=shipment), shipping.keeper, quantity="1")
    with pytest.raises(Refusal) as past:
        shipping.act(mark_delivered, shipping.keeper, shipment.pk, delivered_on=before.isoformat())
    assert past.value.field == "delivered_on"


def test_stock_that_went_elsewhere_stops_the_shipment_and_nothing_by_halves(shipping: Shipping) -> None:
    from coordina.stock.actions import release_reservation, reserve_stock
    from coordina.stock.models import Reservation

    order = shipping.order(lamps=3, cables=1)
    shipment = shipping.packed(order)
    held = Reservation.objects.get(product=shipping.lamp, left__gt=0)
    shipping.act(release_reservation, shipping.keeper, held.pk)
    shipping.act(reserve_stock, shipping.keeper, shipping.item().pk, quantity="9", purpose="otro")
    with pytest.raises(Invalid):
        shipping.act(ship, shipping.keeper, shipment.pk)
    assert shipping.again(shipment).status == State.PACKING
    assert shipping.figures(shipping.cable) == (4, 1, 3)
    assert shipping.line(order).shipped == 0


def test_who_may(shipping: Shipping) -> None:
    shipment = shipping.packed(shipping.order())
    with pytest.raises(Forbidden):
        shipping.act(ship, shipping.rep, shipment.pk)
    with pytest.raises((Forbidden, NotFound)):
        shipping.act(ship, shipping.other, shipment.pk)
    assert Shipment.objects.visible_to(shipping.rep).count() == 1
    assert not Shipment.objects.visible_to(shipping.other).exists()


def test_news_move_a_shipment_on(shipping: Shipping) -> None:
    order = shipping.order()
    packing = shipping.packed(order)
    with pytest.raises(Refusal):
        shipping.create(TrackingEvent, shipping.keeper, shipment=packing, kind="in_transit")
    shipping.act(ship, shipping.keeper, packing.pk)
    shipping.act(note_tracking, shipping.keeper, packing.pk, kind="in_transit", place="Sevilla")
    assert shipping.again(packing).status == State.TRANSIT
    shipping.act(note_tracking, shipping.keeper, packing.pk, kind="failed", text="Ausente")
    failed = shipping.again(packing)
    assert (failed.status, failed.trouble) == (State.FAILED, "Ausente")
    late = (timezone.now() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(Refusal):
        shipping.act(note_tracking, shipping.keeper, packing.pk, kind="note", happened_at=late)
    shipping.act(note_tracking, shipping.keeper, packing.pk, kind="delivered", text="Portería")
    assert shipping.again(packing).received_by == "Portería"
    assert shipping.again(order).status == OrderState.DELIVERED
    event = TrackingEvent.objects.latest("pk")
    with pytest.raises(Refusal):
        shipping.edit(event, shipping.keeper, text="otra cosa")


def test_a_number_comes_later(shipping: Shipping) -> None:
    shipment = shipping.sent()
    shipping.act(write_number, shipping.keeper, shipment.pk, tracking_number=" Z-9 ")
    assert shipping.again(shipment).tracking_number == "Z-9"


def test_times_of_a_carrier(shipping: Shipping) -> None:
    carrier = shipping.edit(shipping.carrier, cutoff_hour=16)
    monday = dt.date(2026, 11, 16)
    at = dt.datetime(2026, 11, 16, 14, 0, tzinfo=dt.UTC)  # three o'clock in Madrid
    assert due(carrier, monday, at) == dt.date(2026, 11, 18)
    assert due(carrier, monday, at.replace(hour=15)) == dt.date(2026, 11, 19), "after the cut-off"
    assert due(None, monday, at) is None
    for values in ({"cutoff_hour": 24}, {"transit_days": 366}, {"tracking_url": "https://rayo.example/"}):
        with pytest.raises(Refusal):
            shipping.edit(shipping.carrier, **values)
    with pytest.raises(Refusal):
        shipping.create(Carrier, name="Rayo")


def test_an_order_that_is_not_confirmed_has_nothing_to_send(shipping: Shipping) -> None:
    draft = shipping.create(Order, by=shipping.rep, company=shipping.customer)
    with pytest.raises(Refusal):
        shipping.act(prepare_shipment, shipping.keeper, draft.pk)
    with pytest.raises(Refusal):
        shipping.act(confirm_order, shipping.rep, draft.pk)
    empty = shipping.create(Shipment, shipping.keeper, order=draft)
    assert not shipping.inside(empty) and empty.warehouse == shipping.main
    with pytest.raises(Refusal):
        shipping.act(ship, shipping.keeper, empty.pk)
    assert Decimal(0) == shipping.item().reserved
