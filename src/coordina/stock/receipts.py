"""What is due from suppliers, by day; figures of stock follow it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet
from django.utils import timezone

from coordina.catalog.models import Product
from coordina.core import changes
from coordina.core.changes import Entry
from coordina.core.derived import REBUILDS, follows
from coordina.ledger.change_sets import change_set
from coordina.stock.enums import DUE
from coordina.stock.levels import Key, lock, write
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockItem


@dataclass(frozen=True, slots=True)
class Due:
    """A receipt that is expected.

    Attributes:
        product, warehouse, order: Ids.
        quantity: In the product's unit.
        day: When; None where nobody said.
    """

    product: int
    warehouse: int
    order: int
    quantity: Decimal
    day: dt.date | None


def open_lines() -> QuerySet[PurchaseLine]:
    """Lines of which something is still to come."""
    rows: QuerySet[PurchaseLine] = PurchaseLine.objects.filter(closed=False, received__lt=F("quantity"))
    return rows.filter(purchase__status__in=DUE)


def due_receipts(products: Collection[int]) -> list[Due]:
    """What is due of some products, the nearest day first; what has no day comes last."""
    rows = open_lines().filter(product__in=products).order_by("pk")
    columns = rows.values_list(
        "product_id", "purchase__warehouse_id", "purchase_id", "quantity", "received", "purchase__expected_on"
    )
    found = [Due(product, place, order, many - came, day) for product, place, order, many, came, day in columns]
    return sorted(found, key=lambda row: (row.day is None, row.day or dt.date.max))


@follows("stock.PurchaseLine", "stock.PurchaseOrder")
def follow_purchases(entries: Sequence[Entry]) -> None:
    """What is incoming follows the purchase orders."""
    places: dict[int, set[int]] = defaultdict(set)
    products: dict[int, set[int]] = defaultdict(set)
    orders = {e.pk for e in entries if e.model == PurchaseOrder._meta.label}
    lines = [e for e in entries if e.model == PurchaseLine._meta.label]
    for entry in lines:
        for side in (entry.before, entry.after):
            if "purchase_id" in side:
                products[side["purchase_id"]].add(side["product_id"])
    changed = PurchaseLine.objects.filter(pk__in=[e.pk for e in lines if e.kind == "u"])
    for order, product in changed.values_list("purchase_id", "product_id"):
        products[order].add(product)
        for entry in lines:
            if entry.kind == "u" and "product_id" in entry.before:  # another product now: what it was is asked, too
                products[order].add(entry.before["product_id"])
    for entry in entries:
        if entry.pk in orders and entry.model == PurchaseOrder._meta.label:
            places[entry.pk] |= {side["warehouse_id"] for side in (entry.before, entry.after) if "warehouse_id" in side}
    for order, product in PurchaseLine.objects.filter(purchase__in=orders).values_list("purchase_id", "product_id"):
        products[order].add(product)
    for order, place in PurchaseOrder.objects.filter(pk__in=products).values_list("pk", "warehouse_id"):
        places[order].add(place)
    refresh({(product, place) for order, some in products.items() for product in some for place in places[order]})


def refresh(keys: Collection[Key]) -> None:
    """Work out anew what is incoming of products in warehouses."""
    if not keys:
        return
    wanted = {product for product, _place in keys}
    lock(wanted)
    due: dict[Key, list[Due]] = defaultdict(list)
    for row in due_receipts(wanted):
        due[row.product, row.warehouse].append(row)
    rows = StockItem.objects.filter(product__in=wanted, warehouse__in={place for _product, place in keys})
    found = {(i.product_id, i.warehouse_id): i for i in rows.locked().order_by("pk")}
    names = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "name"))
    today = changes.required(StockItem).at.date()
    new, old = [], []
    for product, place in sorted(keys):
        item, some = found.get((product, place)), due[product, place]
        incoming = sum((row.quantity for row in some), Decimal(0))
        day = some[0].day if some else None
        if item is None and incoming:
            item = StockItem(product_id=product, warehouse_id=place, name=names[product])
            new.append(item)
        elif item is None or (item.incoming, item.next_receipt_on) == (incoming, day):
            continue
        else:
            old.append(item)
        item.incoming, item.next_receipt_on = incoming, day
        item.judge(today)
    if new:
        StockItem.objects.bulk_create(new, batch_size=500)
    write(old, ["incoming", "next_receipt_on", "available", "low", "low_since"])


def compare_incoming() -> int:
    """In how many items what is incoming differs from the open purchase orders."""
    due: dict[Key, Decimal] = defaultdict(Decimal)
    for product, place, many, came in open_lines().values_list(
        "product_id", "purchase__warehouse_id", "quantity", "received"
    ):
        due[product, place] += many - came
    items = StockItem.objects.values_list("product_id", "warehouse_id", "incoming")
    kept = {(product, place): incoming for product, place, incoming in items}
    return sum(kept.get(key, 0) != due.get(key, 0) for key in kept.keys() | due.keys())


def rebuild_incoming() -> int:
    """Work out anew what is incoming of everything, on record; gives how many products in warehouses there are."""
    keys = set(StockItem.objects.values_list("product_id", "warehouse_id"))
    keys |= set(open_lines().values_list("product_id", "purchase__warehouse_id"))
    with change_set(by=None, at=timezone.now(), via="system", action="stock.rebuild", undoable=False):
        refresh(keys)
    return len(keys)


REBUILDS["stock.incoming"] = (rebuild_incoming, compare_incoming)
