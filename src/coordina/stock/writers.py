"""How rows of stock come into being: warehouses with their first location, moves checked, counts ready to be booked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.accounts.days import furthest_today, today_of
from coordina.catalog.enums import Nature
from coordina.catalog.models import Product
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.actions import ACTIONS
from coordina.core.changes import Values
from coordina.core.refusals import NotRecorded, Refusal
from coordina.core.writer import Writer
from coordina.ledger.change_sets import opened_change_set
from coordina.ledger.models import ChangeSet
from coordina.records.writers import normalised
from coordina.stock.enums import Counted, Place, Tracking
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
from coordina.stock.places import make_outside


class WarehouseWriter(Writer[Warehouse]):
    """A warehouse begins with a location; it goes while nothing was ever in it."""

    def created(self, made: Sequence[Warehouse], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give each its first location, and the places outside to the first of all."""
        make_outside()
        first = _("General")
        Location.objects.bulk_create(Location(name=first, warehouse=warehouse) for warehouse in made)

    def delete(self, objs: Sequence[Warehouse], *, by: Any, at: datetime) -> None:
        """Remove warehouses with their locations.

        Raises:
            Refusal: When stock was moved there.
        """
        places = Location.objects.filter(warehouse__in=objs)
        refuse_moved(places)
        Balance.objects.filter(location__in=places).delete()
        places.delete()
        super().delete(objs, by=by, at=at)


class LocationWriter(Writer[Location]):
    """Locations stay in their warehouse, and stay for ever once stock was there."""

    def clean(self, values: Values, *, obj: Location | None = None) -> Values:
        """Refuse what is no place in a warehouse."""
        if obj is not None and obj.warehouse_id is None:
            raise Refusal("outside", _("This place is part of Coordina and stays as it is."), status=409)
        if obj is None and values.get("warehouse") is None:
            raise Refusal("required", _("Say in which warehouse it is."), field="warehouse")
        moved = obj is not None and values.get("warehouse") not in (None, obj.warehouse)
        if moved and StockMove.objects.filter(target=obj).exists():
            raise Refusal("used", _("Stock was moved there: it stays in its warehouse."), field="warehouse")
        return super().clean({n: v for n, v in values.items() if n != "warehouse" or v is not None}, obj=obj)

    def delete(self, objs: Sequence[Location], *, by: Any, at: datetime) -> None:
        """Remove locations that never held anything.

        Raises:
            Refusal: When stock was moved there, or it is a place outside.
        """
        if any(place.warehouse_id is None for place in objs):
            raise Refusal("outside", _("This place is part of Coordina and stays as it is."), status=409)
        refuse_moved(objs)
        Balance.objects.filter(location__in=objs).delete()
        super().delete(objs, by=by, at=at)


def refuse_moved(places: Any) -> None:
    """Refuse to take away a location that moves name.

    Raises:
        Refusal: Saying how many.
    """
    count = StockMove.objects.filter(target__in=places).count()
    if count:
        message = ngettext("%(count)s stock move leads there.", "%(count)s stock moves lead there.", count)
        raise Refusal("used", message % {"count": count}, status=409)


class ItemWriter(Writer[StockItem]):
    """A product is in a warehouse once; its name and whether it is low are worked out."""

    def clean(self, values: Values, *, obj: StockItem | None = None) -> Values:
        """Refuse another product or warehouse for figures that are there, and a reorder point below zero."""
        for name in ("product", "warehouse"):
            if obj is not None and values.get(name) not in (None, getattr(obj, name)):
                raise Refusal("fixed", _("These figures belong to this product in this warehouse."), field=name)
        if values.get("reorder_point") is not None and values["reorder_point"] < 0:
            raise Refusal("below", _("A reorder point is not below zero."), field="reorder_point")
        kept = {n: v for n, v in values.items() if n not in ("product", "warehouse") or obj is None}
        return super().clean(kept, obj=obj)

    def prepare(self, made: Sequence[StockItem], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Name them after their products; refuse two of one product in one warehouse."""
        super().prepare(made, rows, by=by, at=at)
        seen: set[tuple[int, int]] = set()
        for item in made:
            key = (item.product_id, item.warehouse_id)
            if key in seen:
                raise Refusal("taken", _("This product is in this warehouse already."), field="warehouse")
            seen.add(key)
            refuse_service(item.product)
            item.name = item.product.name
            item.judge(today_of(by, at))

    def before_edit(self, changes: Sequence[tuple[StockItem, Values]], *, by: Any, at: datetime) -> None:
        """Judge anew what is low."""
        for item, values in changes:
            if "reorder_point" in values:
                item.reorder_point = values["reorder_point"]
                item.judge(today_of(by, at))

    def follows(self) -> tuple[str, ...]:
        """What follows from another reorder point."""
        return (*super().follows(), "low", "low_since", "available")

    def delete(self, objs: Sequence[StockItem], *, by: Any, at: datetime) -> None:
        """Remove products from warehouses in which they never were.

        Raises:
            Refusal: Where anything was moved, reserved or ordered.
        """
        for item in objs:
            if item.moved_on is not None or item.incoming or Reservation.objects.filter(
                product=item.product_id, warehouse=item.warehouse_id
            ).exists():  # fmt: skip
                raise Refusal("used", _("There were moves of it: its figures stay."), status=409)
        super().delete(objs, by=by, at=at)


class TrackingWriter(Writer[TrackedProduct]):
    """Named after the product; told apart from the first move on."""

    def clean(self, values: Values, *, obj: TrackedProduct | None = None) -> Values:
        """Refuse to begin or change while there is stock that nobody told apart."""
        product = values.get("product") or (obj.product if obj is not None else None)
        turned = obj is None or values.get("tracking") not in (None, obj.tracking)
        if product is not None and turned and Balance.objects.filter(product=product, on_hand__gt=0).exists():
            message = _("There is stock of it that was not told apart. Take it to zero with a count first.")
            raise Refusal("stock", message, field="product")
        return super().clean(values, obj=obj)

    def prepare(self, made: Sequence[TrackedProduct], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Name them."""
        for row in made:
            row.name = row.product.name


BOOKED = gettext_lazy("This count was booked: it stays as it is. Count again, or move the difference back.")


class CountWriter(Writer[StockCount]):
    """Counts name a location of their warehouse; booked ones stay as they are."""

    def clean(self, values: Values, *, obj: StockCount | None = None) -> Values:
        """Refuse less than nothing, days to come, and a location elsewhere."""
        if obj is not None and obj.status == Counted.BOOKED:
            raise Refusal("booked", BOOKED, status=409)
        if values.get("counted") is not None and values["counted"] < 0:
            raise Refusal("below", _("One cannot count less than nothing."), field="counted")
        if values.get("counted_on") is not None and values["counted_on"] > furthest_today():
            raise Refusal("future", _("This day is still to come."), field="counted_on")
        place = values.get("location", obj.location if obj is not None else None)
        warehouse = values.get("warehouse") or (obj.warehouse if obj is not None else None)
        if place is not None and warehouse is not None and place.warehouse_id != warehouse.pk:
            raise Refusal("elsewhere", _("This location is not in that warehouse."), field="location")
        return super().clean(normalised(values, {"batch": str.strip}, obj), obj=obj)

    def delete(self, objs: Sequence[StockCount], *, by: Any, at: datetime) -> None:
        """Remove counts that were not booked.

        Raises:
            Refusal: When one was.
        """
        if any(count.status == Counted.BOOKED for count in objs):
            raise Refusal("booked", BOOKED, status=409)
        super().delete(objs, by=by, at=at)

    def prepare(self, made: Sequence[StockCount], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Complete day, name and who counted."""
        for row in made:
            row.name, row.owner = row.product.name, row.owner or by
            row.counted_on = row.counted_on or today_of(by, at)


class MoveWriter(Writer[StockMove]):
    """Moves come into being in an action that nobody can undo: what was done in the warehouse is done."""

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[StockMove]:
        """Write moves; the figures follow.

        Args:
            rows: `product`, `quantity`, `origin`, `target`, `kind`, and `batch`, `moved_on`, `reason`, `reverses`,
                `subject_type`, `subject_id` where there are any.

        Raises:
            Refusal: Where a batch is missing, or there is not enough.
            NotRecorded: In an action that is declared as one that can be undone: a bug.
        """
        physical()
        return super().create(rows, by=by, at=at)

    def prepare(self, made: Sequence[StockMove], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Complete and check moves."""
        tracked: Mapping[int, str] = dict(
            TrackedProduct.objects.filter(product__in={m.product_id for m in made}).values_list("product", "tracking")
        )
        for move in made:
            refuse_service(move.product)
            move.name = move.product.name
            move.moved_on = move.moved_on or today_of(by, at)
            move.owner = by
            move.batch = move.batch.strip()
            refuse_quantity(move.quantity, move.product)
            if move.moved_on > furthest_today():
                raise Refusal("future", _("This day is still to come."), field="moved_on")
            check_batch(move, tracked.get(move.product_id, ""))


def refuse_service(product: Product) -> None:
    """Refuse stock of what is no goods.

    Raises:
        Refusal: At `product`.
    """
    if product.nature == Nature.SERVICE:
        raise Refusal("service", _("A service has no stock."), field="product")


def check_batch(move: StockMove, tracking: str) -> None:
    """Refuse a move that does not tell apart what has to be told apart.

    Raises:
        Refusal: At `batch` or `quantity`.
    """
    if not tracking:
        return
    if not move.batch:
        serial = tracking == Tracking.SERIAL
        raise Refusal("batch", _("Say the serial number.") if serial else _("Say which batch."), field="batch")
    if tracking == Tracking.SERIAL:
        if move.quantity != Decimal(1):
            raise Refusal("serial", _("Each serial number is one piece."), field="quantity")
        enters = move.target.kind == Place.INSIDE and move.origin.kind != Place.INSIDE
        if enters and Balance.objects.filter(product=move.product_id, batch=move.batch, on_hand__gt=0).exists():
            raise Refusal("serial", _("This serial number is in stock already."), field="batch")


def physical() -> None:
    """Keep the open change set from being undone.

    Raises:
        NotRecorded: When its action says that it can be undone: people would be told what is not so.
    """
    row = opened_change_set()
    declared = ACTIONS.get(row.action)
    if declared is not None and declared.undoable:
        raise NotRecorded(f"{row.action} moves stock: declare it undoable=False, and say so with a warning")
    if row.undoable:
        row.undoable = False
        if row.pk is not None:
            ChangeSet.objects.filter(pk=row.pk).update(undoable=False)
