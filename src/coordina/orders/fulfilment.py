"""What the rooms above tell an order: what left, what arrived, what came back, and what is now promised.

    for line, reserved, open_ in open_to_ship(order): ...
    ship_lines(order, {line.pk: Decimal(2)}, shipped_on, by=by, at=at)

Called inside an action of the room that asks. `ship_lines` and `return_lines` move stock: such an action is declared
`undoable=False`. Each locks the order first and its products then, and brings the given order up to date.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.catalog.enums import Nature
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import type_of
from coordina.orders.enums import AHEAD, State
from coordina.orders.models import Order, OrderLine
from coordina.orders.rules import NOTHING
from coordina.orders.settling import together
from coordina.stock.enums import MoveKind, Place
from coordina.stock.levels import lock, plain
from coordina.stock.models import StockMove, Warehouse
from coordina.stock.places import location_in, outside
from coordina.stock.reserving import consume, held_for, reserve

type Quantities = Mapping[int, Decimal]
"""How much of each line, by its id, in the product's unit."""


class ToShip(NamedTuple):
    """A line of which something is still to be sent, with what of it stock holds."""

    line: OrderLine
    reserved: Decimal
    open: Decimal


def open_to_ship(order: Order) -> list[ToShip]:
    """The lines of which something is still to be sent, in their order.

    A service is never reserved: all of it that is open can be sent.
    """
    rows = OrderLine.objects.filter(order=order.pk).select_related("product", "product__unit").order_by("pk")
    return [
        ToShip(line, line.open if line.product.nature == Nature.SERVICE else line.reserved, line.open)
        for line in rows
        if line.open
    ]


@contextmanager
def at_work(order: Order) -> Iterator[dict[int, OrderLine]]:
    """Lock an order and its products and give its lines by id; afterwards it is settled and brought up to date."""
    list(Order.objects.filter(pk=order.pk).locked().values_list("pk", flat=True))
    order.refresh_from_db()
    rows = OrderLine.objects.filter(order=order.pk).select_related("product").order_by("pk")
    lines = {line.pk: line for line in rows}
    lock(line.product_id for line in lines.values())
    with together():
        yield lines
    order.refresh_from_db()


def ship_lines(
    order: Order,
    quantities: Quantities,
    shipped_on: date,
    by: User,
    at: datetime,
    *,
    warehouse: Warehouse | None = None,
) -> None:
    """Send some of an order: what is reserved for it leaves, and more of it where it is free.

    Args:
        order: Confirmed.
        quantities: How much of each line.
        shipped_on: Day it left.
        by: Who sends. at: When.
        warehouse: From this one alone; None takes what is reserved wherever it is.

    Raises:
        Refusal: Where nothing is to be sent in its state.
        Invalid: At `line-<id>`, for more than is open or there.
        NotRecorded: In an action that is not declared `undoable=False`.
    """
    with at_work(order) as lines:
        if order.status not in AHEAD:
            raise Refusal("state", _("Nothing of this order is to be sent now."), status=409)
        _check(lines, quantities, {pk: line.open for pk, line in lines.items()}, _("Only %(many)s are to be sent."))
        errors: dict[str, list[str]] = {}
        for pk, many in _wanted(quantities):
            line = lines[pk]
            if line.product.nature != Nature.SERVICE:
                short = _leave(line, many, shipped_on, warehouse, by, at)
                if short:
                    errors[f"line-{pk}"] = [short]
            line.shipped += many
            line.shipped_on = max(shipped_on, line.shipped_on or shipped_on)
            line.save()
        if errors:
            raise Invalid(errors)
        note_days(order, lines.values())


def note_days(order: Order, lines: Iterable[OrderLine]) -> None:
    """Write on the order when the last of it left and arrived, where that is so now."""
    live = [line for line in lines if line.wanted]
    if live and all(line.shipped >= line.wanted for line in live):
        order.shipped_on = max((n.shipped_on for n in live if n.shipped_on), default=None)
    if live and all(line.delivered >= line.wanted for line in live):
        order.delivered_on = max((n.delivered_on for n in live if n.delivered_on), default=None)
    order.save()


def _leave(line: OrderLine, many: Decimal, day: date, warehouse: Warehouse | None, by: User, at: datetime) -> str:
    """Take goods out of stock: what is reserved, and what of the rest is free. Gives what is missing, in words."""
    held = [r for r in held_for(line, line.product) if warehouse is None or r.warehouse_id == warehouse.pk]
    left = many - sum((r.left for r in held), NOTHING)
    if left > 0:
        promise = reserve(
            product=line.product,
            quantity=left,
            subject=line,
            day=day,
            warehouse=warehouse,
            partly=False,
            purpose=line.order.reference,
            by=by,
            at=at,
        )
        if not promise.whole:
            return promise.words()
        held += promise.reserved
    consume(held, many, moved_on=day, by=by, at=at)
    return ""


def deliver_lines(order: Order, quantities: Quantities, delivered_on: date, by: User, at: datetime) -> None:
    """Note that some of what was sent arrived.

    Raises:
        Invalid: At `line-<id>`, for more than is on its way.
    """
    with at_work(order) as lines:
        away = {pk: line.shipped - line.delivered for pk, line in lines.items()}
        _check(lines, quantities, away, _("Only %(many)s are on their way."))
        for pk, many in _wanted(quantities):
            line = lines[pk]
            line.delivered += many
            line.delivered_on = max(delivered_on, line.delivered_on or delivered_on)
            line.save()
        note_days(order, lines.values())


def acknowledge(order: Order, day: date, by: User, at: datetime) -> None:
    """Note that the customer confirmed the receipt of everything.

    Raises:
        Refusal: Before everything arrived, and when it was confirmed already.
    """
    with at_work(order):
        if order.receipt_on is not None:
            raise Refusal("state", _("The receipt was confirmed already."), status=409)
        if order.status != State.DELIVERED:
            raise Refusal("state", _("Not everything has arrived yet."), status=409)
        order.receipt_on = day
        order.save()


def return_lines(
    order: Order,
    quantities: Quantities,
    warehouse: Warehouse | None,
    back_to_stock: bool,
    reason: str,
    day: date,
    by: User,
    at: datetime,
) -> None:
    """Take back some of what was sent.

    Args:
        order: Of which something was sent.
        quantities: How much of each line.
        warehouse: Where it is put; needed where it goes back on the shelf.
        back_to_stock: Whether it can be sold again; else it is written off as a loss.
        reason: Why it came back.
        day: On which.
        by: Who takes it back. at: When.

    Raises:
        Refusal: At `warehouse`, where none is said.
        Invalid: At `line-<id>`, for more than was sent and not given back.
        NotRecorded: In an action that is not declared `undoable=False`.
    """
    if back_to_stock and warehouse is None:
        raise Refusal("required", _("Say in which warehouse it is put."), field="warehouse")
    with at_work(order) as lines:
        there = {pk: line.shipped - line.returned for pk, line in lines.items()}
        _check(lines, quantities, there, _("Only %(many)s can come back."))
        target = location_in(warehouse) if back_to_stock and warehouse is not None else outside(Place.LOSS)
        moves: list[dict[str, object]] = []
        for pk, many in _wanted(quantities):
            line = lines[pk]
            line.returned += many
            line.save()
            if line.product.nature != Nature.SERVICE:
                moves.append(
                    {"kind": MoveKind.RETURN, "product": line.product, "quantity": many, "target": target,
                     "origin": outside(Place.CUSTOMER), "moved_on": day, "reason": reason[:200],
                     "subject_type": line._meta.label, "subject_id": line.pk}
                )  # fmt: skip
        if moves:
            type_of(StockMove).writer.create(moves, by=by, at=at)


def set_expected(order: Order, days: Mapping[int, date | None], by: User, at: datetime) -> None:
    """Promise other days: for lines, and with them for the order, whose day is that of its last open line.

    The first day that is ever promised stays as such.

    Args:
        order: Whose.
        days: By id of the line; None takes the line's own day away.
        by: Who promises. at: When.
    """
    with at_work(order) as lines:
        unknown = [pk for pk in days if pk not in lines]
        if unknown:
            raise Invalid({f"line-{pk}": [_("This is no line of the order.")] for pk in unknown})
        for pk, day in days.items():
            lines[pk].expected_on = day
            lines[pk].save()
        last = max((n.expected_on for n in lines.values() if n.expected_on and n.delivered < n.wanted), default=None)
        if last is not None:
            order.expected_on = last
            order.promised_on = order.promised_on or last
            order.save()


def pick(order: Order, day: date, by: User, at: datetime) -> None:
    """Note that what is reserved was picked and stands ready."""
    with at_work(order):
        if order.status not in (State.CONFIRMED, State.RESERVED):
            raise Refusal("state", _("Nothing of this order is to be picked now."), status=409)
        order.picked_on = day
        order.save()


def _wanted(quantities: Quantities) -> list[tuple[int, Decimal]]:
    return [(pk, many) for pk, many in sorted(quantities.items()) if many]


def _check(lines: Mapping[int, OrderLine], quantities: Quantities, most: Mapping[int, Decimal], over: str) -> None:
    """Refuse nothing at all, what is no line of the order, what the unit does not have, and more than there is.

    Raises:
        Refusal: Where no quantity is given.
        Invalid: At `line-<id>`.
    """
    if not _wanted(quantities):
        raise Refusal("nothing", _("Say how much of which line."), status=422)
    errors: dict[str, list[str]] = {}
    for pk, many in _wanted(quantities):
        if pk not in lines:
            errors[f"line-{pk}"] = [_("This is no line of the order.")]
            continue
        try:
            refuse_quantity(many, lines[pk].product)
        except Refusal as wrong:
            errors[f"line-{pk}"] = [str(wrong)]
            continue
        if many > most[pk]:
            errors[f"line-{pk}"] = [over % {"many": plain(most[pk])}]
    if errors:
        raise Invalid(errors)
