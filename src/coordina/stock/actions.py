"""What is done in the warehouse: receive, transfer, count, scrap, reserve, deliver, take back.

Whatever moves stock cannot be undone, because the ledger cannot carry pieces back to their shelf: a move is taken
back by a counter-move, and the page says so before.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import New, action
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Forbidden, Refusal, Text
from coordina.core.types import type_of
from coordina.stock.enums import Counted, Held, MoveKind, Place
from coordina.stock.levels import lock, plain
from coordina.stock.models import Balance, Location, Reservation, StockCount, StockItem, StockMove, Warehouse
from coordina.stock.places import location_in, outside
from coordina.stock.reserving import consume, picked, release, reserve

KEEPERS = LEADERS | {"logistics": "all"}
MOVE = permission(
    "stock.move_stock",
    noun=StockItem._meta.verbose_name_plural or "",
    verb="move",
    grants=KEEPERS,
    label=_("Receive, transfer, count and scrap"),
)
RESERVE = permission(
    "stock.reserve_stock",
    noun=StockItem._meta.verbose_name_plural or "",
    verb="reserve",
    grants=KEEPERS | {"representative": "all", "manager": "all"},
    label=_("Reserve and release"),
)
STAYS = _("What was moved cannot be undone here: it is taken back by a move of its own, “Move back”.")
LEAST = Decimal("0.001")


def _said(label: Text, **more: Any) -> dict[str, Any]:
    """What a form says of a parameter."""
    return {"label": label, **more}


Quantity = Annotated[Decimal, Field(ge=LEAST, max_digits=14, decimal_places=3, json_schema_extra=_said(_("quantity")))]
Some = Annotated[
    Decimal | None,
    Field(
        ge=LEAST,
        max_digits=14,
        decimal_places=3,
        json_schema_extra=_said(_("quantity"), help=_("Empty for all of it.")),
    ),
]
Batch = Annotated[str, Field(max_length=60, json_schema_extra=_said(_("batch or serial number")))]
Day = Annotated[date | None, Field(json_schema_extra=_said(_("moved on"), initial="today"))]
Why = Annotated[str, Field(max_length=200, json_schema_extra=_said(_("reason")))]
Because = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_said(_("reason")))]
Where = Annotated[Location | None, Field(json_schema_extra=_said(_("location")))]
Origin = Annotated[Location | None, Field(json_schema_extra=_said(_("from location")))]
Purpose = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_said(_("for whom")))]
Needed = Annotated[date | None, Field(json_schema_extra=_said(_("needed on")))]


def _move(rows: list[dict[str, Any]], by: User, at: datetime) -> list[StockMove]:
    made: list[StockMove] = type_of(StockMove).writer.create(rows, by=by, at=at)
    return made


def _now(item: StockItem) -> StockItem:
    found: StockItem = StockItem.objects.get(pk=item.pk)
    return found


@action(
    StockItem, permission=MOVE, label=_("Receive"), icon="download", primary=True, undoable=False, warning=STAYS,
)  # fmt: skip
def receive(
    *,
    item: StockItem,
    quantity: Quantity,
    location: Where = None,
    batch: Batch = "",
    moved_on: Day = None,
    reason: Why = "",
    by: User,
    at: datetime,
) -> StockItem:
    """Put what came in on the shelf.

    Args:
        quantity: In the product's unit.
        location: Where in the warehouse; its first location when left empty.
        moved_on: Day it came.
        reason: Such as the delivery note it came with.
    """
    place = location_in(item.warehouse, location)
    row = {"kind": MoveKind.RECEIPT, "product": item.product, "quantity": quantity, "origin": outside(Place.SUPPLIER),
           "target": place, "batch": batch, "moved_on": moved_on,
           "reason": reason}  # fmt: skip
    _move([row], by, at)
    return _now(item)


@action(
    StockItem, permission=MOVE, label=_("Transfer"), icon="arrows-exchange", primary=True, undoable=False,
    warning=STAYS,
)  # fmt: skip
def transfer(
    *,
    item: StockItem,
    quantity: Quantity,
    warehouse: Warehouse,
    location: Where = None,
    origin: Origin = None,
    batch: Batch = "",
    moved_on: Day = None,
    reason: Why = "",
    by: User,
    at: datetime,
) -> StockItem:
    """Bring stock to another warehouse, or to another location of the same one.

    Args:
        quantity: What is reserved stays where it is.
        warehouse: To which warehouse.
        location: To which location; the first of that warehouse when left empty.
        origin: From which location; wherever there is some when left empty.
        batch: What came first goes first when left empty.
    """
    place = location_in(warehouse, location)
    rows = [
        {"kind": MoveKind.TRANSFER, "product": item.product, "quantity": many, "origin": start, "target": place,
         "batch": of_batch, "moved_on": moved_on, "reason": reason}
        for start, of_batch, many in _from(item, quantity, origin, batch, place)
    ]  # fmt: skip
    _move(rows, by, at)
    return _now(item)


def _from(
    item: StockItem, quantity: Decimal, origin: Location | None, batch: str, target: Location | None = None
) -> list[tuple[Location, str, Decimal]]:
    """From which places of an item something is taken."""
    if target is not None and origin is not None and origin.pk == target.pk:
        raise Refusal("same", _("It is there already."), field="location")
    if origin is not None:
        return [(location_in(item.warehouse, origin, "origin"), batch, quantity)]
    besides = target if target is not None and target.warehouse_id == item.warehouse_id else None
    return picked(item.product_id, item.warehouse_id, quantity, batch, besides=besides)


@action(
    StockItem, permission=MOVE, label=_("Scrap"), icon="trash", danger=True, undoable=False, warning=STAYS,
)  # fmt: skip
def scrap(
    *,
    item: StockItem,
    quantity: Quantity,
    reason: Because,
    location: Where = None,
    batch: Batch = "",
    moved_on: Day = None,
    by: User,
    at: datetime,
) -> StockItem:
    """Take broken or lost pieces out of stock.

    Args:
        reason: What happened to them.
        location: Where they were; wherever there is some when left empty.
    """
    rows = [
        {"kind": MoveKind.SCRAP, "product": item.product, "quantity": many, "origin": start,
         "target": outside(Place.LOSS), "batch": of_batch, "moved_on": moved_on, "reason": reason}
        for start, of_batch, many in _from(item, quantity, location, batch)
    ]  # fmt: skip
    _move(rows, by, at)
    return _now(item)


@action(
    StockItem, permission=MOVE, label=_("Take back from a customer"), icon="arrow-back-up", undoable=False,
    warning=STAYS,
)  # fmt: skip
def take_back(
    *,
    item: StockItem,
    quantity: Quantity,
    reason: Because,
    location: Where = None,
    batch: Batch = "",
    moved_on: Day = None,
    by: User,
    at: datetime,
) -> StockItem:
    """Put back on the shelf what a customer gave back.

    Args:
        reason: Why it came back.
        location: Where it is put; the first location when left empty.
    """
    row = {"kind": MoveKind.RETURN, "product": item.product, "quantity": quantity, "origin": outside(Place.CUSTOMER),
           "target": location_in(item.warehouse, location), "batch": batch, "moved_on": moved_on,
           "reason": reason}  # fmt: skip
    _move([row], by, at)
    return _now(item)


@action(StockItem, permission=RESERVE, label=_("Reserve"), icon="lock", primary=True)
def reserve_stock(
    *,
    item: StockItem,
    quantity: Quantity,
    purpose: Purpose,
    needed_on: Needed = None,
    by: User,
    at: datetime,
) -> StockItem:
    """Keep stock of this warehouse for somebody. It is refused where there is not enough, with where it can be had.

    Args:
        purpose: Such as the customer or the order.
        needed_on: Day it will be fetched.
    """
    promise = reserve(
        product=item.product, quantity=quantity, subject=None, day=needed_on, warehouse=item.warehouse,
        partly=False, purpose=purpose, by=by, at=at,
    )  # fmt: skip
    if not promise.whole:
        raise Refusal("short", promise.words(), field="quantity")
    return _now(item)


@action(
    Reservation, permission=RESERVE, label=_("Release"), icon="lock-open", primary=True,
    lifecycle=((Held.ACTIVE,), None),
)  # fmt: skip
def release_reservation(*, reservation: Reservation, quantity: Some = None, by: User, at: datetime) -> Reservation:
    """Give what is reserved free again."""
    _check_left(reservation, quantity)
    release([reservation], quantity)
    found: Reservation = Reservation.objects.get(pk=reservation.pk)
    return found


def _check_left(reservation: Reservation, quantity: Decimal | None) -> None:
    if quantity is not None and quantity > reservation.left:
        message = _("Only %(many)s are still reserved.")
        raise Refusal("left", message % {"many": plain(reservation.left)}, field="quantity")


@action(
    Reservation, permission=MOVE, label=_("Deliver"), icon="truck-delivery", lifecycle=((Held.ACTIVE,), None),
    primary=True, undoable=False, warning=STAYS,
)  # fmt: skip
def deliver_reservation(
    *,
    reservation: Reservation,
    quantity: Some = None,
    batch: Batch = "",
    moved_on: Day = None,
    by: User,
    at: datetime,
) -> Reservation:
    """Send what is reserved to whom it was reserved for: it leaves the warehouse.

    Args:
        batch: What came first goes first when left empty.
        moved_on: Day it left.
    """
    _check_left(reservation, quantity)
    consume([reservation], quantity, batch=batch, moved_on=moved_on, by=by, at=at)
    found: Reservation = Reservation.objects.get(pk=reservation.pk)
    return found


@action(
    StockMove, permission=MOVE, label=_("Move back"), icon="arrow-back-up", primary=True, undoable=False,
    warning=_("The counter-move stands beside the move: both stay on record."),
)  # fmt: skip
def reverse_move(*, move: StockMove, reason: Because, moved_on: Day = None, by: User, at: datetime) -> StockMove:
    """Take a move back with a move the other way.

    Args:
        reason: What was wrong with it.
        moved_on: Day it goes back.
    """
    if move.reverses_id is not None:
        raise Refusal("reversal", _("This is a counter-move itself. Book what is right as a new move."), status=409)
    lock([move.product_id])
    if StockMove.objects.filter(reverses=move).exists():
        raise Refusal("reversed", _("This move was taken back already."), status=409)
    row = {"kind": MoveKind.REVERSAL, "product": move.product, "quantity": move.quantity, "origin": move.target,
           "target": move.origin, "batch": move.batch, "moved_on": moved_on, "reason": reason, "reverses": move,
           "subject_type": move.subject_type, "subject_id": move.subject_id}  # fmt: skip
    return _move([row], by, at)[0]


@action(
    StockCount, permission=MOVE, label=_("Book the count"), icon="checks", primary=True, bulk=True,
    lifecycle=((Counted.DRAFT,), Counted.BOOKED), undoable=False, warning=STAYS,
)  # fmt: skip
def book_count(*, count: StockCount, by: User, at: datetime) -> StockCount:
    """Make stock what was counted: the difference becomes a move with the reason of the count."""
    place = location_in(count.warehouse, count.location)
    lock([count.product_id])
    spot = Balance.objects.filter(product=count.product_id, location=place, batch=count.batch)
    expected: Decimal = spot.values_list("on_hand", flat=True).first() or Decimal(0)
    difference = count.counted - expected
    if difference:
        loss = outside(Place.LOSS)
        row = {"kind": MoveKind.COUNT, "product": count.product, "quantity": abs(difference),
               "origin": loss if difference > 0 else place, "target": place if difference > 0 else loss,
               "batch": count.batch, "moved_on": count.counted_on, "reason": count.reason,
               "subject_type": StockCount._meta.label, "subject_id": count.pk}  # fmt: skip
        _move([row], by, at)
    count.location, count.expected, count.difference, count.status = place, expected, difference, Counted.BOOKED
    count.save()
    return count


MADE = _("Moves are made by receiving, transferring, counting and the like.")
KEPT = _("A move stays on record. Take it back with a counter-move.")


@action(StockMove, permission=StockMove.permission("add"), label=_("Create"), verb="create", hidden=True, private=True)
def create_stockmove(*, values: New[StockMove], by: User, at: datetime) -> StockMove:
    """Nobody writes a move by hand."""
    raise Refusal("made", MADE, status=409)


@action(StockMove, permission=StockMove.permission("change"), label=_("Edit"), verb="edit", hidden=True, private=True)
def edit_stockmove(*, move: StockMove, by: User, at: datetime) -> StockMove:
    """Nobody changes a move."""
    raise Refusal("kept", KEPT, status=409)


@action(
    StockMove, permission=StockMove.permission("delete"), label=_("Delete"), verb="delete", hidden=True, private=True
)
def delete_stockmove(*, move: StockMove, by: User, at: datetime) -> StockMove:
    """Nobody deletes a move."""
    raise Refusal("kept", KEPT, status=409)


@action(
    Reservation, permission=Reservation.permission("add"), label=_("Create"), verb="create", hidden=True, private=True
)
def create_reservation(*, values: New[Reservation], by: User, at: datetime) -> Reservation:
    """Reservations are made where the stock is."""
    raise Refusal("made", _("Reserve it where the stock is."), status=409)


@action(
    Reservation, permission=Reservation.permission("delete"), label=_("Delete"), verb="delete", hidden=True,
    private=True,
)  # fmt: skip
def delete_reservation(*, reservation: Reservation, by: User, at: datetime) -> Reservation:
    """A reservation is released, not deleted: that it was there stays on record."""
    raise Forbidden
