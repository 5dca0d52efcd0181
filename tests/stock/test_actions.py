"""What is done in the warehouse, and what the figures say of it."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from coordina.core.actions import ACTIONS
from coordina.core.refusals import Forbidden, Invalid, NotRecorded, Refusal
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.stock.actions import (
    book_count,
    deliver_reservation,
    receive,
    release_reservation,
    reserve_stock,
    reverse_move,
    scrap,
    take_back,
    transfer,
)  # fmt: skip
from coordina.stock.enums import Held, MoveKind
from coordina.stock.levels import compare, rebuild
from coordina.stock.models import (
    Balance,
    Location,
    Reservation,
    StockCount,
    StockItem,
    StockMove,
    TrackedProduct,
    Warehouse,
)  # fmt: skip
from coordina.stock.reserving import consume, held_for, release, reserve
from tests.stock.ground import Stock, check

pytestmark = pytest.mark.django_db


def test_a_receipt_is_a_move_and_cannot_be_undone(stock: Stock) -> None:
    item = stock.received("40")
    assert stock.figures() == (40, 0, 40)
    move = StockMove.objects.get()
    assert (move.kind, move.quantity, move.origin.kind, move.target.warehouse) == (
        MoveKind.RECEIPT, Decimal(40), "supplier", stock.main,
    )  # fmt: skip
    assert move.owner == stock.keeper and item.moved_on == move.moved_on
    with pytest.raises(Forbidden):
        stock.undo_last("stock.receive")
    check()


def test_an_action_that_moves_must_say_that_it_stays(stock: Stock) -> None:
    """Whoever builds on stock and forgets to declare it finds out at the first call."""
    for name in ("receive", "transfer", "scrap", "take_back", "deliver_reservation", "book_count", "reverse_move"):
        assert not ACTIONS[f"stock.{name}"].undoable and ACTIONS[f"stock.{name}"].warning
    item = stock.received("5")
    stock.act(reserve_stock, pk=item.pk, quantity="2", purpose="Granja Alta")
    now = timezone.now()
    with (
        pytest.raises(NotRecorded),
        change_set(by=stock.boss, at=now, via="web", action="stock.reserve_stock"),
    ):
        consume(list(Reservation.objects.all()), by=stock.boss, at=now)
    assert stock.figures() == (5, 2, 3)


def test_transfer_and_scrap(stock: Stock) -> None:
    item = stock.received("10")
    shelf = stock.place(stock.main, "Estante 1")
    stock.act(transfer, stock.keeper, item.pk, quantity="4", warehouse=stock.main, location=shelf)
    assert stock.figures() == (10, 0, 10) and stock.at(shelf) == 4
    stock.act(transfer, stock.keeper, item.pk, quantity="8", warehouse=stock.spare)
    assert stock.figures() == (2, 0, 2) and stock.figures(warehouse=stock.spare) == (8, 0, 8)
    assert stock.at(shelf) == 2, "what came first goes first"
    stock.act(scrap, stock.keeper, item.pk, quantity="1", reason="Rota", location=shelf)
    assert stock.figures() == (1, 0, 1)
    with pytest.raises(Refusal) as short:
        stock.act(scrap, stock.keeper, item.pk, quantity="2", reason="Rota")
    assert short.value.field == "quantity"
    with pytest.raises(Refusal):
        stock.act(transfer, stock.keeper, item.pk, quantity="1", warehouse=stock.main, location=shelf, origin=shelf)
    with pytest.raises(Refusal) as elsewhere:
        stock.act(receive, stock.keeper, item.pk, quantity="1", location=stock.place(stock.spare))
    assert elsewhere.value.field == "location"
    stock.act(take_back, stock.keeper, item.pk, quantity="3", reason="No encajaba")
    assert stock.figures() == (4, 0, 4)
    check()


def test_what_is_reserved_neither_leaves_nor_is_promised_again(stock: Stock) -> None:
    item = stock.received("10")
    stock.act(reserve_stock, stock.rep, item.pk, quantity="7", purpose="Granja Alta")
    assert stock.figures() == (10, 7, 3)
    with pytest.raises(Refusal) as short:
        stock.act(reserve_stock, stock.rep, item.pk, quantity="4", purpose="Otra")
    assert "3" in str(short.value) and "Central" in str(short.value)
    with pytest.raises(Refusal):
        stock.act(transfer, stock.keeper, item.pk, quantity="4", warehouse=stock.spare)
    with pytest.raises(Forbidden):
        stock.act(receive, stock.rep, item.pk, quantity="1")
    check()


def test_releasing_and_its_undo(stock: Stock) -> None:
    item = stock.received("10")
    stock.act(reserve_stock, pk=item.pk, quantity="7", purpose="Granja Alta")
    held = Reservation.objects.get()
    stock.act(release_reservation, pk=held.pk, quantity="2")
    assert stock.figures() == (10, 5, 5)
    stock.undo_last("stock.release_reservation")
    assert stock.figures() == (10, 7, 3)
    stock.act(release_reservation, pk=held.pk)
    held.refresh_from_db()
    assert (held.left, held.status) == (0, Held.RELEASED)
    stock.act(reserve_stock, pk=item.pk, quantity="9", purpose="Otra")
    with pytest.raises(Refusal):
        stock.undo_last("stock.release_reservation")
    assert stock.figures() == (10, 9, 1), "others have it now: nothing was put back"
    stock.undo_last("stock.reserve_stock")
    assert stock.figures() == (10, 0, 10)
    check()


def test_delivering_consumes_the_reservation(stock: Stock) -> None:
    item = stock.received("10")
    stock.act(reserve_stock, pk=item.pk, quantity="7", purpose="Granja Alta")
    held = Reservation.objects.get()
    with pytest.raises(Refusal):
        stock.act(deliver_reservation, stock.keeper, held.pk, quantity="8")
    stock.act(deliver_reservation, stock.keeper, held.pk, quantity="3")
    assert stock.figures() == (7, 4, 3)
    stock.act(deliver_reservation, stock.keeper, held.pk)
    held.refresh_from_db()
    assert stock.figures() == (3, 0, 3) and held.status == Held.CONSUMED
    check()


def test_a_move_is_taken_back_once(stock: Stock) -> None:
    item = stock.received("10")
    move = StockMove.objects.get()
    stock.act(reserve_stock, pk=item.pk, quantity="4", purpose="Granja Alta")
    with pytest.raises(Refusal):
        stock.act(reverse_move, stock.keeper, move.pk, reason="Era de otro")
    stock.undo_last("stock.reserve_stock")
    stock.act(reverse_move, stock.keeper, move.pk, reason="Era de otro")
    assert stock.figures() == (0, 0, 0)
    for again in (move.pk, StockMove.objects.get(reverses=move).pk):
        with pytest.raises(Refusal):
            stock.act(reverse_move, stock.keeper, again, reason="Otra vez")
    check()


def test_a_count_becomes_a_move_with_its_reason(stock: Stock) -> None:
    stock.received("10")
    low = stock.create(StockCount, product=stock.lamp, warehouse=stock.main, counted="8", reason="Faltan dos")
    more = stock.create(StockCount, product=stock.cable, warehouse=stock.main, counted="2.5")
    for count in (low, more):
        stock.act(book_count, stock.keeper, count.pk)
    low.refresh_from_db()
    assert (low.expected, low.difference, low.status, low.location) == (10, -2, "booked", stock.place(stock.main))
    assert StockMove.objects.get(product=stock.lamp, kind=MoveKind.COUNT).reason == "Faltan dos"
    assert stock.figures() == (8, 0, 8)
    assert stock.item(stock.cable).on_hand == Decimal("2.5")
    for touch in (lambda: stock.edit(low, counted="9"), lambda: stock.delete(low)):
        with pytest.raises(Refusal):
            touch()
    check()


def test_batches_and_serial_numbers(stock: Stock) -> None:
    stock.create(TrackedProduct, product=stock.lamp, tracking="batch")
    stock.create(TrackedProduct, product=stock.cable, tracking="serial")
    lamp, cable = stock.item(), stock.item(stock.cable)
    for item, values, field in (
        (lamp, {"quantity": "5"}, "batch"),
        (cable, {"quantity": "1"}, "batch"),
        (cable, {"quantity": "2", "batch": "S1"}, "quantity"),
    ):
        with pytest.raises(Refusal) as wrong:
            stock.act(receive, stock.keeper, item.pk, **values)
        assert wrong.value.field == field
    stock.act(receive, stock.keeper, lamp.pk, quantity="5", batch="L1")
    stock.act(receive, stock.keeper, lamp.pk, quantity="5", batch="L2")
    stock.act(receive, stock.keeper, cable.pk, quantity="1", batch="S1")
    with pytest.raises(Refusal):
        stock.act(receive, stock.keeper, cable.pk, quantity="1", batch="S1")
    stock.act(transfer, stock.keeper, lamp.pk, quantity="7", warehouse=stock.spare)
    left = dict(
        Balance.objects.filter(location__warehouse=stock.main, product=stock.lamp).values_list("batch", "on_hand")
    )
    assert left == {"L1": 0, "L2": 3}
    with pytest.raises(Refusal):
        stock.act(scrap, stock.keeper, lamp.pk, quantity="1", batch="L1", reason="Rota")
    check()


def test_reserving_for_a_record_says_what_is_missing_and_where_it_is(stock: Stock) -> None:
    stock.received("10")
    stock.received("4", warehouse=stock.spare)
    subject, now = stock.cable, timezone.now()
    with change_set(by=stock.boss, at=now, via="web"):
        first = reserve(product=stock.lamp, quantity=Decimal(12), subject=subject, by=stock.boss, at=now)
        assert first.whole and [(r.warehouse.name, r.left) for r in first.reserved] == [("Central", 10), ("Sur", 2)]
        second = reserve(
            product=stock.lamp, quantity=Decimal(3), subject=subject, warehouse=stock.main, by=stock.boss, at=now
        )
        assert (second.reserved, second.missing) == ([], 3)
        assert [(a.warehouse.name, a.quantity, a.day) for a in second.alternatives] == [("Sur", 2, None)]
        third = reserve(product=stock.lamp, quantity=Decimal(3), subject=subject, by=stock.boss, at=now)
        assert ([r.left for r in third.reserved], third.missing) == ([2], 1)
        assert release(held_for(subject), Decimal(11)) == 11
    assert [(r.warehouse.name, r.left) for r in held_for(subject)] == [("Sur", 1), ("Sur", 2)]
    with change_set(by=stock.boss, at=now, via="web", action="orders.ship"):
        consume(held_for(subject, stock.lamp), Decimal(3), by=stock.boss, at=now)
    assert stock.figures(warehouse=stock.spare) == (1, 0, 1)
    assert StockMove.objects.filter(subject_type="catalog.Product", subject_id=subject.pk).count() == 2
    assert not ChangeSet.objects.get(action="orders.ship").undoable
    check()


def step(stock: Stock, draw: Random, item: StockItem) -> None:
    """Do something, whatever it is."""
    many = f"{draw.randrange(1, 15_000) / 1000:.3f}"
    held = Reservation.objects.filter(left__gt=0)
    steps: list[Any] = [
        lambda: stock.act(receive, pk=item.pk, quantity=many),
        lambda: stock.act(transfer, pk=item.pk, quantity=many, warehouse=draw.choice((stock.main, stock.spare))),
        lambda: stock.act(scrap, pk=item.pk, quantity=many, reason="x"),
        lambda: stock.act(reserve_stock, pk=item.pk, quantity=many, purpose="x"),
        lambda: stock.act(release_reservation, pk=draw.choice(list(held)).pk),
        lambda: stock.act(deliver_reservation, pk=draw.choice(list(held)).pk),
        lambda: stock.act(reverse_move, pk=draw.choice(list(StockMove.objects.all())).pk, reason="x"),
        lambda: stock.undo_last(draw.choice(("stock.reserve_stock", "stock.release_reservation"))),
        lambda: stock.act(
            book_count,
            pk=stock.create(StockCount, product=item.product, warehouse=item.warehouse, counted=many).pk,
        ),
    ]
    draw.choice(steps)()


@pytest.mark.parametrize("seed", range(3))
def test_stock_is_the_sum_of_its_moves_after_anything(stock: Stock, seed: int) -> None:
    draw = Random(seed)
    items = [stock.received(20, p, w) for p in (stock.lamp, stock.cable) for w in (stock.main, stock.spare)]
    places = list(Location.objects.filter(warehouse__isnull=False))
    done = 0
    for _ in range(60):
        try:
            step(stock, draw, draw.choice(items))
            done += 1
        except (Refusal, Invalid, IndexError):
            pass
        check()
    assert done > 20 and places
    Balance.objects.update(on_hand=1)
    assert compare() > 0
    rebuild()
    assert compare() == 0


def test_figures_and_moves_are_nobodys_to_write(stock: Stock) -> None:
    item = stock.received("10")
    for values in ({"on_hand": "5"}, {"reserved": "1"}, {"name": "x"}):
        with pytest.raises(Invalid):
            stock.edit(item, **values)
    for attempt in (
        lambda: stock.edit(item, warehouse=stock.spare),
        lambda: stock.delete(item),
        lambda: stock.delete(stock.main),
        lambda: stock.delete(stock.place(stock.main)),
        lambda: stock.delete(StockMove.objects.get()),
        lambda: stock.delete(stock.lamp),
        lambda: stock.edit(Location.objects.get(kind="loss"), name="x"),
    ):
        with pytest.raises(Refusal):
            attempt()
    stock.edit(item, reorder_point="12")
    item = stock.item()
    assert item.low and item.low_since
    stock.received("5")
    assert not stock.item().low
    stock.edit(stock.lamp, name="Lámpara grande")
    assert stock.item().name == "Lámpara grande"
    empty = stock.item(stock.cable)
    stock.delete(empty)
    stock.delete(stock.create(Warehouse, name="Vacío"))
    assert not StockItem.objects.filter(pk=empty.pk).exists()
    check()
