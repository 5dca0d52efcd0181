"""Reserving stock for a record, such as the line of an order: never more than there is, whoever asks at once.

    promise = reserve(product=p, quantity=Decimal(5), subject=line, day=day, by=by, at=at)
    promise.reserved      # what, from which warehouse
    promise.missing       # what could not be reserved, and promise.alternatives: where or when it can be had

Called inside an action of the room that asks: the action's undo takes the reservation back, releasing is undone while
nobody else has taken the stock. `consume` moves stock: an action that calls it is declared `undoable=False`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.catalog.models import Product
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.stock import rules
from coordina.stock.enums import Held, MoveKind, Place
from coordina.stock.levels import lock, plain
from coordina.stock.models import Balance, Location, Reservation, StockItem, StockMove, Warehouse
from coordina.stock.places import outside
from coordina.stock.receipts import due_receipts

SHOWN = 3
"""Alternatives that a refusal names."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Where or when more of a product can be had.

    Attributes:
        warehouse: Where it is, or where it will come in.
        quantity: How much, in the product's unit.
        day: Day on which it is due; None for what is there now.
    """

    warehouse: Warehouse
    quantity: Decimal
    day: dt.date | None = None

    def words(self) -> str:
        """How much, where and when."""
        values = {"many": plain(self.quantity), "warehouse": self.warehouse}
        if self.day is None:
            return _("%(many)s in %(warehouse)s") % values
        return _("%(many)s in %(warehouse)s on %(day)s") % (values | {"day": formats_here("").day(self.day)})


@dataclass(slots=True)
class Promise:
    """What came of reserving.

    Attributes:
        reserved: The reservations, one for each warehouse.
        missing: What could not be reserved.
        alternatives: Where or when it can be had instead, what is there now first.
    """

    reserved: list[Reservation] = field(default_factory=list)
    missing: Decimal = rules.NOTHING
    alternatives: list[Alternative] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def words(self) -> str:
        """What is missing, and where or when it can be had, in a sentence or two."""
        text = _("%(many)s are missing.") % {"many": plain(self.missing)}
        there = [a for a in self.alternatives if a.day is None]
        coming = [a for a in self.alternatives if a.day is not None]
        if there:
            text += " " + _("Available: %(places)s.") % {"places": ", ".join(a.words() for a in there[:SHOWN])}
        if coming:
            text += " " + _("To be received: %(days)s.") % {"days": ", ".join(a.words() for a in coming[:SHOWN])}
        return text


def reserve(
    *,
    product: Product,
    quantity: Decimal,
    subject: Record | None,
    day: dt.date | None = None,
    warehouse: Warehouse | None = None,
    partly: bool = True,
    purpose: str = "",
    by: User,
    at: dt.datetime,
) -> Promise:
    """Reserve some of a product for a record; what cannot be is refused with where or when it can be had.

    Args:
        product: What.
        quantity: Above zero, in its unit.
        subject: For which record; None where only `purpose` says it.
        day: Day on which it is needed; receipts after it are alternatives still, but later ones.
        warehouse: From this one alone; None takes it from one that has all, else from those that have most.
        partly: Whether to reserve what there is where it is not all; else all or nothing.
        purpose: For whom, in words.
        by: Who reserves. at: When.

    Returns:
        What was reserved and what was not. Nothing is raised for what is missing: the caller decides.

    Raises:
        Refusal: For a quantity that the product's unit does not have.
    """
    refuse_quantity(quantity, product)
    lock([product.pk])
    rows = StockItem.objects.filter(product=product, warehouse__active=True).select_related("warehouse")
    items = list(rows.locked().order_by("warehouse__name", "pk"))
    here = [i for i in items if warehouse is None or i.warehouse_id == warehouse.pk]
    taken = rules.taken_from(quantity, [(i.pk, i.available) for i in here if i.available > 0])
    missing = quantity - sum((many for _pk, many in taken), rules.NOTHING)
    if missing and not partly:
        taken, missing = [], quantity
    by_key = {i.pk: i for i in here}
    made = [
        Reservation(
            name=product.name,
            product=product,
            warehouse=by_key[pk].warehouse,
            quantity=many,
            left=many,
            needed_on=day,
            purpose=purpose,
            subject_type=subject._meta.label if subject is not None else "",
            subject_id=subject.pk if subject is not None else None,
            owner=by,
        )
        for pk, many in taken
    ]
    for reservation in made:
        reservation.save()
    used = dict(taken)
    free = [Alternative(i.warehouse, left) for i in items if (left := i.available - used.get(i.pk, 0)) > 0]
    return Promise(made, missing, [*free, *_due(product)] if missing else [])


def _due(product: Product) -> list[Alternative]:
    rows = due_receipts([product.pk])
    places = Warehouse.objects.in_bulk({row.warehouse for row in rows})
    return [Alternative(places[row.warehouse], row.quantity, row.day) for row in rows]


def held_for(subject: Record, product: Product | None = None) -> Sequence[Reservation]:
    """The reservations of a record that still hold stock, the oldest first."""
    rows = Reservation.objects.filter(subject_type=subject._meta.label, subject_id=subject.pk, left__gt=0)
    if product is not None:
        rows = rows.filter(product=product)
    return list(rows.select_related("product", "warehouse").order_by("pk"))


def release(reservations: Sequence[Reservation], quantity: Decimal | None = None) -> Decimal:
    """Give reserved stock free again, all of it or a quantity.

    Args:
        reservations: Of one product, as `held_for` gives them.
        quantity: How much at most; None for all.

    Returns:
        How much was released.
    """
    return sum((many for _one, many in _less(reservations, quantity, Held.RELEASED)), rules.NOTHING)


def _less(
    reservations: Sequence[Reservation], quantity: Decimal | None, after: Held
) -> list[tuple[Reservation, Decimal]]:
    lock({r.product_id for r in reservations})
    rows = Reservation.objects.filter(pk__in=[r.pk for r in reservations], left__gt=0)
    found: list[tuple[Reservation, Decimal]] = []
    for row in rows.locked().order_by("pk"):
        many = row.left if quantity is None else min(row.left, quantity)
        if many <= 0:
            break
        if quantity is not None:
            quantity -= many
        row.left -= many
        if not row.left:
            row.status = after
        row.save()
        found.append((row, many))
    return found


def consume(
    reservations: Sequence[Reservation],
    quantity: Decimal | None = None,
    *,
    batch: str = "",
    moved_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> list[StockMove]:
    """Send what is reserved to the customer: it leaves the warehouse. Cannot be undone, but taken back by a move.

    Args:
        reservations: Of one product, as `held_for` gives them.
        quantity: How much at most; None for all.
        batch: Which batch or serial number; empty takes the oldest.
        moved_on: Day it left; today where none is given.
        by: Who sends. at: When.

    Raises:
        Refusal: Where the batch is not there.
        NotRecorded: In an action that is not declared `undoable=False`.
    """
    target = outside(Place.CUSTOMER)
    rows: list[dict[str, object]] = []
    lock({r.product_id for r in reservations})
    for held, many in _less(reservations, quantity, Held.CONSUMED):
        for place, of_batch, part in picked(held.product_id, held.warehouse_id, many, batch):
            rows.append(
                {
                    "kind": MoveKind.ISSUE,
                    "product": held.product,
                    "quantity": part,
                    "origin": place,
                    "target": target,
                    "batch": of_batch,
                    "moved_on": moved_on,
                    "subject_type": held.subject_type,
                    "subject_id": held.subject_id,
                    "reason": held.purpose,
                }
            )
    return type_of(StockMove).writer.create(rows, by=by, at=at) if rows else []


def picked(
    product: int, warehouse: int, quantity: Decimal, batch: str = "", *, besides: Location | None = None
) -> list[tuple[Location, str, Decimal]]:
    """From which locations and batches of a warehouse a quantity is taken: what came first goes first.

    Args:
        product, warehouse: Ids.
        quantity: Above zero.
        batch: Of this one alone; empty for any.
        besides: A location that nothing is taken from.

    What is missing is asked of the first place, so that booking it is refused with what there is.
    """
    rows = Balance.objects.filter(product=product, location__warehouse=warehouse, on_hand__gt=0)
    if batch:
        rows = rows.filter(batch=batch)
    if besides is not None:
        rows = rows.exclude(location=besides)
    found: list[tuple[Location, str, Decimal]] = []
    for row in rows.select_related("location").order_by("pk"):
        part = min(row.on_hand, quantity)
        found.append((row.location, row.batch, part))
        quantity -= part
        if not quantity:
            return found
    first = found[0] if found else None
    places = Location.objects.filter(warehouse=warehouse)
    if besides is not None:
        places = places.exclude(pk=besides.pk)
    place = first[0] if first else places.order_by("pk").first()
    if place is None:
        raise Refusal("short", _("There is none of it there."), field="quantity")
    return [(place, batch, quantity + (first[2] if first else 0)), *found[1:]]
