"""Figures of stock: they follow every move and every reservation in its transaction, under a lock of the product.

Whatever writes a move or a reservation, an action or its undo, comes through here; so a figure that would be wrong,
such as more reserved than there is, breaks off the whole.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from coordina.accounts.days import formats_here
from coordina.catalog.models import Product
from coordina.core import changes
from coordina.core.changes import Entry
from coordina.core.derived import REBUILDS, follows
from coordina.core.refusals import Refusal
from coordina.stock.models import Balance, Location, Reservation, StockItem, StockMove

type Key = tuple[int, int]
"""Product and warehouse."""
type Spot = tuple[int, int, str]
"""Product, location and batch."""


@dataclass(slots=True)
class Shift:
    """By how much the figures of a product in a warehouse change."""

    on_hand: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    moved_on: dt.date | None = None


def plain(many: Decimal) -> str:
    """A quantity as the reader of the page writes it."""
    return formats_here("").decimal(many)


def lock(products: Iterable[int]) -> None:
    """Let nobody else change the stock of some products until the transaction ends.

    On SQLite the only write transaction is that lock. Take all products of one piece of work at once: locks are taken
    in the order of the ids, so that two of them never wait for each other.
    """
    rows = Product.objects.select_for_update(no_key=True).filter(pk__in=sorted(set(products)))
    list(rows.order_by("pk").values_list("pk", flat=True))


@follows("stock.StockMove")
def follow_moves(entries: Sequence[Entry]) -> None:
    """Balances of locations and figures of warehouses follow the moves."""
    rows = [(e.after, 1) if e.kind == "c" else (e.before, -1) for e in entries if e.kind != "u"]
    if not rows:
        return
    lock(row["product_id"] for row, _sign in rows)
    inside = _inside({row[end] for row, _sign in rows for end in ("origin_id", "target_id")})
    spots: dict[Spot, Decimal] = defaultdict(Decimal)
    shifts: dict[Key, Shift] = defaultdict(Shift)
    for row, sign in rows:
        many = Decimal(row["quantity"]) * sign
        for end, delta in (("origin_id", -many), ("target_id", many)):
            warehouse = inside.get(row[end])
            if warehouse is None:
                continue
            spots[row["product_id"], row[end], row["batch"]] += delta
            shift = shifts[row["product_id"], warehouse]
            shift.on_hand += delta
            if sign > 0:
                day = dt.date.fromisoformat(row["moved_on"])
                shift.moved_on = max(day, shift.moved_on or day)
    _balance(spots)
    apply(shifts)


def _inside(locations: Collection[int]) -> dict[int, int]:
    """Warehouse by location, of those that are in one."""
    rows = Location.objects.filter(pk__in=locations, warehouse__isnull=False)
    return dict(rows.values_list("pk", "warehouse_id"))


@follows("stock.Reservation")
def follow_reservations(entries: Sequence[Entry]) -> None:
    """What is reserved follows the reservations."""
    touched = [e for e in entries if e.kind != "u" or "left" in e.after]
    if not touched:
        return
    rows = Reservation.objects.filter(pk__in=[e.pk for e in touched if e.kind == "u"])
    known = {pk: (product, warehouse) for pk, product, warehouse in rows.values_list("pk", "product", "warehouse")}
    shifts: dict[Key, Shift] = defaultdict(Shift)
    for entry in touched:
        full = entry.after if entry.kind == "c" else entry.before
        key = known.get(entry.pk) if entry.kind == "u" else (full["product_id"], full["warehouse_id"])
        if key is not None:
            shifts[key].reserved += Decimal(entry.after.get("left", 0)) - Decimal(entry.before.get("left", 0))
    lock(product for product, _warehouse in shifts)
    apply(shifts)


@follows("catalog.Product")
def follow_names(entries: Sequence[Entry]) -> None:
    """Stock is called as its product is."""
    named = {e.pk: e.after["name"] for e in entries if e.kind == "u" and "name" in e.after}
    items = list(StockItem.objects.filter(product__in=named).locked()) if named else []
    for item in items:
        item.name = named[item.product_id]
    write(items, ["name"])


def _balance(spots: Mapping[Spot, Decimal]) -> None:
    changed = {spot: delta for spot, delta in sorted(spots.items()) if delta}
    if not changed:
        return
    found = _balances(changed)
    missing = [Balance(product_id=p, location_id=at, batch=b) for p, at, b in changed if (p, at, b) not in found]
    if missing:
        Balance.objects.bulk_create(missing, batch_size=500)
        found = _balances(changed)
    for spot, delta in changed.items():
        row = found[spot]
        if row.on_hand + delta < 0:
            _refuse_short(row)
        row.on_hand += delta
    if len(changed) == 1:
        row.save(update_fields=["on_hand"])
    else:
        Balance.objects.bulk_update([found[spot] for spot in changed], ["on_hand"], batch_size=500)


def _balances(spots: Collection[Spot]) -> dict[Spot, Balance]:
    rows = Balance.objects.filter(
        product__in={spot[0] for spot in spots}, location__in={spot[1] for spot in spots}
    ).order_by("pk")
    return {spot: row for row in rows if (spot := (row.product_id, row.location_id, row.batch)) in spots}


def _refuse_short(row: Balance) -> None:
    """Refuse to take more from a location than there is.

    Raises:
        Refusal: `short`, at the quantity.
    """
    place = Location.objects.select_related("warehouse").get(pk=row.location_id)
    message = _("There are only %(many)s at %(place)s.")
    where = f"{place.warehouse} › {place}"
    raise Refusal("short", message % {"many": plain(row.on_hand), "place": where}, field="quantity")


def apply(shifts: Mapping[Key, Shift]) -> None:
    """Change the figures of products in warehouses; what was in none yet is from now on.

    Raises:
        Refusal: `reserved`, where more would be reserved than there is.
    """
    keys = list(shifts)
    rows = StockItem.objects.filter(product__in={k[0] for k in keys}, warehouse__in={k[1] for k in keys})
    found = {(item.product_id, item.warehouse_id): item for item in rows.locked().order_by("pk")}
    names = dict(Product.objects.filter(pk__in={p for p, _w in keys}).values_list("pk", "name"))
    journal = changes.required(StockItem)
    today = journal.at.date()
    new: list[StockItem] = []
    old: list[StockItem] = []
    for (product, warehouse), shift in sorted(shifts.items()):
        item = found.get((product, warehouse))
        if item is None:
            item = StockItem(product_id=product, warehouse_id=warehouse, name=names[product])
            new.append(item)
        else:
            old.append(item)
        item.on_hand += shift.on_hand
        item.reserved += shift.reserved
        if shift.moved_on is not None:
            item.moved_on = max(shift.moved_on, item.moved_on or shift.moved_on)
        if item.reserved > item.on_hand:
            _refuse_reserved(item)
        item.judge(shift.moved_on or today)
    if new:
        StockItem.objects.bulk_create(new, batch_size=500)
    write(old, ["on_hand", "reserved", "available", "low", "low_since", "moved_on"])


def write(items: list[StockItem], names: list[str]) -> None:
    """Write figures, recorded; entries of bulk work that waits go with those that caused them."""
    if len(items) == 1:
        items[0].save()
    elif items:
        StockItem.objects.bulk_update(items, names)
    journal = changes.required(StockItem)
    if journal.pending:
        journal.write()


def _refuse_reserved(item: StockItem) -> None:
    """Refuse what would leave promises without stock.

    Raises:
        Refusal: `reserved`.
    """
    message = _("Of %(product)s in %(warehouse)s, %(reserved)s are reserved: release some of them first.")
    values = {"product": item.name, "warehouse": item.warehouse, "reserved": plain(item.reserved)}
    raise Refusal("reserved", message % values, field="quantity", status=409)


def summed() -> dict[Spot, Decimal]:
    """What the moves themselves say is at each location."""
    found: dict[Spot, Decimal] = defaultdict(Decimal)
    for end, sign in (("origin", -1), ("target", 1)):
        rows = StockMove.objects.filter(**{f"{end}__warehouse__isnull": False}).order_by()
        for product, place, batch, many in rows.values_list("product", end, "batch").annotate(many=Sum("quantity")):
            found[product, place, batch] += sign * many
    return {spot: many for spot, many in found.items() if many}


def compare() -> int:
    """In how many places balances, and in how many items figures, differ from what moves and reservations say."""
    real = summed()
    rows = Balance.objects.exclude(on_hand=0).values_list("product", "location", "batch", "on_hand")
    kept = {(product, place, batch): many for product, place, batch, many in rows}
    wrong = sum(kept.get(spot) != real.get(spot) for spot in kept.keys() | real.keys())
    inside = _inside({spot[1] for spot in real})
    on_hand: dict[Key, Decimal] = defaultdict(Decimal)
    for (product, place, _batch), many in real.items():
        on_hand[product, inside[place]] += many
    held = Reservation.objects.filter(left__gt=0).order_by().values_list("product", "warehouse")
    reserved: dict[Key, Decimal] = {(p, w): many for p, w, many in held.annotate(many=Sum("left"))}
    items = StockItem.objects.values_list("product", "warehouse", "on_hand", "reserved", "available")
    figures = {(p, w): tuple(rest) for p, w, *rest in items}
    nothing = (Decimal(0), Decimal(0), Decimal(0))
    for key in figures.keys() | on_hand.keys() | reserved.keys():
        has, held_here = on_hand.get(key, Decimal(0)), reserved.get(key, Decimal(0))
        wrong += figures.get(key, nothing) != (has, held_here, has - held_here)
    return wrong


def rebuild() -> int:
    """Make the balances anew from the moves; gives how many there are.

    Figures of products in warehouses are records with a history: what is wrong with one is a fault to be looked at.
    """
    Balance.objects.all().delete()
    rows = [Balance(product_id=p, location_id=at, batch=b, on_hand=many) for (p, at, b), many in summed().items()]
    Balance.objects.bulk_create(rows, batch_size=500)
    return len(rows)


REBUILDS["stock.balances"] = (rebuild, compare)
