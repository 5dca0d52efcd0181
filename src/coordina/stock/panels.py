"""What stock shows: on the page of a product, of its stock in a warehouse, and of a warehouse."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.catalog.models import Product
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.panels import PANELS, Panel
from coordina.stock.models import Location, Reservation, StockItem, StockMove, Warehouse
from coordina.stock.queries import availability, by_location, held_in, held_of, items_of, moves_of, spots_of
from coordina.stock.receipts import Due

SHOWN = 8
"""Moves and reservations that a panel names; the list has the others."""


def product_stock(product: Product, user: User) -> Mapping[str, Any]:
    """What there is of a product in each warehouse, in all, and what is due."""
    formats, items = formats_here(""), items_of(product.pk, user)
    known = availability([product.pk])[product.pk]
    return {
        "rows": [item_row(item, formats) for item in items],
        "total": figures(known.on_hand, known.reserved, known.available, formats) if len(items) > 1 else None,
        "due": [due_row(row, items, formats) for row in known.due[:SHOWN]],
        "add_url": _new(user, product=product.pk),
        "moves": move_rows(moves_of(user, product=product.pk)[:5], formats),
        "moves_url": listed("stock-moves", f"product = {product.pk}"),
    }


def due_row(row: Due, items: Sequence[StockItem], formats: Formats) -> dict[str, Any]:
    """One receipt that is expected: when, how much, where."""
    return {
        "day": formats.day(row.day) if row.day else "",
        "quantity": formats.decimal(row.quantity),
        "warehouse": next((str(item.warehouse) for item in items if item.warehouse_id == row.warehouse), ""),
    }


def item_row(item: StockItem, formats: Formats) -> dict[str, Any]:
    """One warehouse of the panel."""
    row = figures(item.on_hand, item.reserved, item.available, formats)
    return row | {
        "url": address("web:detail", "stock", item.pk),
        "name": str(item.warehouse),
        "low": item.low,
    }


def figures(on_hand: Decimal, reserved: Decimal, available: Decimal, formats: Formats) -> dict[str, Any]:
    """The three figures as the reader writes them."""
    return {
        "on_hand": formats.decimal(on_hand),
        "reserved": formats.decimal(reserved) if reserved else "",
        "available": formats.decimal(available),
        "none": available <= 0,
    }


def listed(url: str, query: str) -> str:
    """The address of a list with a filter."""
    return f"{address('web:list', url)}?{urlencode({'q': query})}"


def _new(user: User, **given: Any) -> str:
    made = standard(StockItem, "create")
    if made is None or not made.open_to(user):
        return ""
    return f"{address('web:new', 'stock')}?{urlencode(given)}"


def move_rows(moves: Any, formats: Formats) -> list[dict[str, Any]]:
    """Moves as lines: what, from where to where, when."""
    return [
        {
            "url": address("web:detail", "stock-moves", move.pk),
            "name": move.name,
            "kind": move.get_kind_display(),
            "quantity": formats.decimal(move.quantity),
            "origin": place_name(move.origin),
            "target": place_name(move.target),
            "day": formats.day(move.moved_on),
            "reason": move.reason,
            "batch": move.batch,
        }
        for move in moves
    ]


def place_name(place: Location) -> str:
    """A location with its warehouse."""
    return f"{place.warehouse} › {place}" if place.warehouse_id is not None else str(place)


def item_places(item: StockItem, user: User) -> Mapping[str, Any]:
    """Where in the warehouse it is, and for whom it is kept."""
    formats = formats_here("")
    held = list(held_of(user, item.product_id, item.warehouse_id)[: SHOWN + 1])
    return {
        "spots": [
            {"name": spot.location.name, "batch": spot.batch, "quantity": formats.decimal(spot.on_hand)}
            for spot in spots_of(item.product_id, item.warehouse_id)[:50]
        ],
        "held": [held_row(row, formats) for row in held[:SHOWN]],
        "held_url": listed("reservations", f"product = {item.product_id} and status = active"),
        "more": len(held) > SHOWN,
    }


def held_row(row: Reservation, formats: Formats) -> dict[str, Any]:
    """One reservation of the panel."""
    return {
        "url": address("web:detail", "reservations", row.pk),
        "purpose": row.purpose or row.name,
        "left": formats.decimal(row.left),
        "day": formats.day(row.needed_on) if row.needed_on else "",
    }


def item_moves(item: StockItem, user: User) -> Mapping[str, Any]:
    """The last moves into this warehouse and out of it."""
    rows = list(moves_of(user, product=item.product_id, warehouse=item.warehouse_id)[: SHOWN + 1])
    return {
        "moves": move_rows(rows[:SHOWN], formats_here("")),
        "moves_url": listed("stock-moves", f"product = {item.product_id}"),
        "more": len(rows) > SHOWN,
    }


def warehouse_stock(warehouse: Warehouse, user: User) -> Mapping[str, Any]:
    """How much is there, where, and what moved last."""
    formats, held = formats_here(""), held_in(warehouse, user)
    return {
        "products": formats.integer(held.products),
        "low": formats.integer(held.low) if held.low else "",
        "stock_url": listed("stock", f"warehouse = {warehouse.pk}"),
        "low_url": listed("stock", f"warehouse = {warehouse.pk} and low = true"),
        "places": [
            {"url": address("web:detail", "locations", pk), "name": name, "count": formats.integer(count)}
            for pk, name, count in by_location(warehouse)
        ],
        "add_url": f"{address('web:new', 'locations')}?warehouse={warehouse.pk}"
        if user.may(Location.permission("add"))
        else "",
        "moves": move_rows(moves_of(user, warehouse=warehouse.pk)[:SHOWN], formats),
    }


SEE = StockItem.view_permission()
for _name, _panel in {
    "stock-product": Panel("product.main", _("Stock"), SEE, "stock/product.html", product_stock, 10),
    "stock-item-moves": Panel(
        "stock_item.main", _("Moves"), StockMove.view_permission(), "stock/moves.html", item_moves, 10
    ),
    "stock-item-places": Panel("stock_item.side", _("Where it is"), SEE, "stock/places.html", item_places, 10),
    "stock-warehouse": Panel(
        "warehouse.main", _("In this warehouse"), SEE, "stock/warehouse.html", warehouse_stock, 10
    ),
}.items():
    PANELS.add(_name, _panel)
