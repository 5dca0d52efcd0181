"""What an order is promised, on what, and what undo does to it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from coordina.catalog.models import Product
from coordina.core.formats import formats_of
from coordina.orders.actions import confirm_order, release_order, reopen_order, reserve_order
from coordina.orders.models import Order
from coordina.promises import rules
from coordina.promises.calendars import terms_of
from coordina.promises.explaining import Names, reasons, share_of
from coordina.promises.models import ClosingDay, Promise, WorkCalendar
from coordina.promises.reckoning import Moment, Wish, could_arrive, moment_of, reckoned
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, SupplierProduct
from coordina.stock.purchasing import send_purchase
from tests.orders.ground import Orders

pytestmark = pytest.mark.django_db
MONDAY = Moment(dt.date(2026, 11, 23), 9)


def due(shop: Orders, many: str, day: dt.date, product: Any = None, warehouse: Any = None) -> PurchaseOrder:
    """A purchase order that was sent and is due on a day."""
    supplier = Supplier.objects.filter(name="Óptica Vega").first() or shop.create(Supplier, name="Óptica Vega")
    made: PurchaseOrder = shop.create(PurchaseOrder, supplier=supplier, warehouse=warehouse or shop.main)
    shop.create(PurchaseLine, purchase=made, product=product or shop.lamp, quantity=many)
    shop.act(send_purchase, shop.keeper, made.pk, expected_on=day.isoformat())
    return made


def said(rows: Any) -> list[tuple[str, int, str]]:
    return [(row.source, int(row.quantity), str(row.purchase_id or "")) for row in rows]


def kept(order: Order) -> list[Promise]:
    return list(Promise.objects.filter(order=order).order_by("line", "pk"))


def arrival(ready: dt.date | None = None) -> dt.date:
    """What the rule says of something that is there, or due on a day, ordered now."""
    now = moment_of(timezone.now())
    return rules.portion(rules.Offer(Decimal(1), ready, None), now.day, now.hour, terms_of(None)).arrives_on


def in_days(many: int) -> dt.date:
    return moment_of(timezone.now()).day + dt.timedelta(days=many)


def test_what_is_there_comes_first_then_what_is_due(shop: Orders) -> None:
    shop.received(5)
    bought = due(shop, "40", in_days(12))
    order = shop.order((shop.lamp, "8"))
    order = shop.do(confirm_order, order, accept_missing=True)
    rows = kept(order)
    assert said(rows) == [("stock", 5, ""), ("receipt", 3, str(bought.pk))]
    assert [row.arrives_on for row in rows] == [arrival(), arrival(in_days(12))]
    assert order.expected_on == order.promised_on == arrival(in_days(12)), "that of the last part"
    assert shop.lines(order)[0].expected_on == order.expected_on
    shares = [share_of(row) for row in rows]
    formats = formats_of("en", "Europe/Madrid", "EUR", timezone.now())
    day = formats.date_long(in_days(12))
    with translation.override("en"):
        told, less = (reasons(shares, Names(who, shares), formats) for who in (shop.boss, shop.rep))
    assert told == f"5 of 8 in Central, 3 wait for purchase order {bought.reference} of {day}"
    assert less == f"5 of 8 in Central, 3 wait for a purchase order of {day}"

    shop.undo_last("orders.confirm_order")
    order = shop.now(order)
    assert (order.status, order.expected_on, order.promised_on, kept(order)) == ("received", None, None, [])


def test_what_was_promised_to_one_is_not_promised_to_another(shop: Orders) -> None:
    first, second = due(shop, "10", in_days(10)), due(shop, "10", in_days(30))
    one = shop.do(confirm_order, shop.order((shop.lamp, "7")), accept_missing=True)
    two = shop.do(confirm_order, shop.order((shop.lamp, "2"), (shop.lamp, "6")), accept_missing=True)
    assert said(kept(one)) == [("receipt", 7, str(first.pk))]
    assert said(kept(two)) == [
        ("receipt", 2, str(first.pk)), ("receipt", 1, str(first.pk)), ("receipt", 5, str(second.pk)),
    ]  # fmt: skip
    assert [line.expected_on for line in shop.lines(two)] == [arrival(in_days(10)), arrival(in_days(30))]
    assert two.expected_on == arrival(in_days(30))
    assert could_arrive(shop.lamp, Decimal(5)).day == arrival(in_days(30))
    assert could_arrive(shop.lamp, Decimal(6)).day is None, "nobody knows when the sixth comes"


def test_what_nobody_ordered_comes_a_lead_time_later_and_without_one_no_day_is_promised(shop: Orders) -> None:
    order = shop.do(confirm_order, shop.order((shop.lamp, "2")), accept_missing=True)
    assert said(kept(order)) == [("unknown", 2, "")] and order.expected_on is None and order.promised_on is None
    supplier = shop.create(Supplier, name="Óptica Vega", lead_days="9.5")
    shop.create(SupplierProduct, supplier=supplier, product=shop.lamp)
    order = shop.do(confirm_order, shop.order((shop.lamp, "2")), accept_missing=True)
    assert said(kept(order)) == [("supplier", 2, "")] and order.expected_on == arrival(in_days(10))
    other = shop.create(Supplier, name="Luz Norte")
    shop.create(SupplierProduct, supplier=other, product=shop.lamp, preferred=True, lead_days="3")
    assert could_arrive(shop.lamp, Decimal(1)).day == arrival(in_days(3)), "who is asked first"


def test_one_line_without_a_day_leaves_the_order_without_one(shop: Orders) -> None:
    shop.received(5)
    wished = in_days(9).isoformat()
    order = shop.order((shop.lamp, "1"), (shop.cable, "1"), requested_on=wished)
    order = shop.do(confirm_order, order, accept_missing=True)
    assert order.expected_on is None and order.promised_on is None, "the wish is no promise"
    assert [bool(line.expected_on) for line in shop.lines(order)] == [True, False]


def test_a_wish_is_met_where_it_can_be_and_a_promise_by_hand_stands(shop: Orders) -> None:
    shop.received(50)
    late, soon = in_days(40), in_days(0)
    assert shop.do(confirm_order, shop.order((shop.lamp, "1"), requested_on=late.isoformat())).expected_on == late
    order = shop.do(confirm_order, shop.order((shop.lamp, "1"), requested_on=soon.isoformat()))
    assert order.expected_on == order.promised_on == arrival() > soon
    by_hand = in_days(60)
    order = shop.do(confirm_order, shop.order((shop.lamp, "1")), promised_on=by_hand.isoformat())
    assert order.expected_on == order.promised_on == by_hand == shop.lines(order)[0].expected_on


def test_a_service_is_promised_nothing(shop: Orders) -> None:
    service = shop.create(Product, name="Montaje", nature="service", price="30")
    order = shop.do(confirm_order, shop.order((service, "1")))
    assert kept(order) == [] and order.expected_on is None
    assert could_arrive(service, Decimal(1)).shares == ()
    shop.received(1)
    order = shop.do(confirm_order, shop.order((service, "1"), (shop.lamp, "1")))
    assert order.expected_on == arrival() and len(kept(order)) == 1


def test_a_warehouse_of_its_own_is_asked_alone_and_by_its_calendar(shop: Orders) -> None:
    shop.create(WorkCalendar, name="Sur", warehouse=shop.spare, handling_days="5", transit_days="4")
    shop.received(5, warehouse=shop.spare)
    due(shop, "5", in_days(5))
    far = could_arrive(shop.lamp, Decimal(1), warehouse=shop.spare.pk)
    assert far.shares[0].source == "stock" and far.shares[0].warehouse == shop.spare.pk
    now = moment_of(timezone.now())
    terms = terms_of(shop.spare.pk)
    taken_up = rules.taken_up_on(now.day, now.hour, terms)
    assert far.day == rules.add_working(rules.add_working(taken_up, 5, terms), 4, terms)
    near = could_arrive(shop.lamp, Decimal(1), warehouse=shop.main.pk)
    assert near.shares[0].source == "receipt"
    order = shop.order((shop.lamp, "1"), warehouse=shop.main)
    assert said(kept(shop.do(confirm_order, order, accept_missing=True)))[0][0] == "receipt"


def test_reserving_later_and_releasing_change_what_it_stands_on_but_no_day(shop: Orders) -> None:
    bought = due(shop, "9", in_days(20))
    order = shop.do(confirm_order, shop.order((shop.lamp, "4")), accept_missing=True)
    day = order.expected_on
    shop.received(3)
    order = shop.do(reserve_order, order)
    assert said(kept(order)) == [("stock", 3, ""), ("receipt", 1, str(bought.pk))] and order.expected_on == day
    order = shop.do(release_order, order)
    assert said(kept(order)) == [("stock", 3, ""), ("receipt", 1, str(bought.pk))], "it is free, so it can be had"
    order = shop.do(reopen_order, order)
    assert kept(order) == [] and order.promised_on == day
    shop.undo_last("orders.reopen_order")
    assert len(kept(order)) == 2


def test_the_clock_is_the_companys(shop: Orders) -> None:
    assert moment_of(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)) == Moment(dt.date(2026, 11, 23), 0)


def test_asking_costs_the_same_for_one_and_for_many(shop: Orders, django_assert_num_queries: Any) -> None:
    products = [shop.create(Product, name=f"Pieza {n}", code=f"P-{n}") for n in range(6)]
    shop.create(WorkCalendar, name="General")
    for some in (products[:1], products):
        wishes = [Wish(n, product.pk, Decimal(2)) for n, product in enumerate(some)]
        with django_assert_num_queries(4):
            assert len(reckoned(wishes, None, MONDAY)) == len(some)


def test_who_never_works_promises_nothing(shop: Orders) -> None:
    calendar = shop.create(WorkCalendar, name="General")
    shop.received(5)

    for year in range(4):
        first, last = dt.date(2026 + year, 1, 1), dt.date(2026 + year, 12, 31)
        shop.create(ClosingDay, calendar=calendar, name="Cerrado", first_on=first.isoformat(), last_on=last.isoformat())
    assert could_arrive(shop.lamp, Decimal(1)).day is None
    order = shop.do(confirm_order, shop.order((shop.lamp, "1")))
    assert order.expected_on is None and said(kept(order)) == [("stock", 1, "")]
