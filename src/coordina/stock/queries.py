"""Figures of stock as pages and other rooms ask for them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from coordina.accounts.models import User
from coordina.stock import rules
from coordina.stock.models import Balance, Location, Reservation, StockItem, StockMove, Warehouse
from coordina.stock.receipts import Due, due_receipts


@dataclass(frozen=True, slots=True)
class Availability:
    """What there is of a product, in its unit.

    Attributes:
        product: Id.
        due: Receipts that are expected, the nearest first.
    """

    product: int
    on_hand: Decimal
    reserved: Decimal
    due: tuple[Due, ...] = ()

    @property
    def available(self) -> Decimal:
        """What nobody was promised."""
        return rules.available(self.on_hand, self.reserved)

    @property
    def incoming(self) -> Decimal:
        """What is due from suppliers."""
        return sum((row.quantity for row in self.due), rules.NOTHING)

    def by(self, day: dt.date) -> Decimal:
        """What can be promised for a day; see `rules.available_to_promise`."""
        return rules.available_to_promise(
            self.on_hand, self.reserved, [(row.day, row.quantity) for row in self.due], day
        )


def availability(products: Collection[int], warehouse: int | None = None) -> dict[int, Availability]:
    """What there is of some products, in all warehouses in use or in one; two queries, however many they are.

    Args:
        products: Ids; one that no warehouse has is there with nothing.
        warehouse: Id of one warehouse alone.
    """
    rows = StockItem.objects.filter(product__in=products)
    rows = rows.filter(warehouse=warehouse) if warehouse is not None else rows.filter(warehouse__active=True)
    on_hand: dict[int, Decimal] = defaultdict(Decimal)
    reserved: dict[int, Decimal] = defaultdict(Decimal)
    for product, has, held in rows.order_by().values_list("product_id", "on_hand", "reserved"):
        on_hand[product] += has
        reserved[product] += held
    due: dict[int, list[Due]] = defaultdict(list)
    for row in due_receipts(products):
        if warehouse in (None, row.warehouse):
            due[row.product].append(row)
    return {p: Availability(p, on_hand[p], reserved[p], tuple(due[p])) for p in products}


def items_of(product: int, user: User) -> Sequence[StockItem]:
    """The stock of a product by warehouse, as far as somebody may see it."""
    rows = StockItem.objects.visible_to(user).filter(product=product)
    return list(rows.select_related("warehouse").order_by("warehouse__name", "pk"))


def moves_of(user: User, **about: Any) -> QuerySet[StockMove]:
    """Moves, the last first, as far as somebody may see them.

    Args:
        user: Whoever looks.
        **about: `product`, and `warehouse` for those into it or out of it.
    """
    rows: QuerySet[StockMove] = StockMove.objects.visible_to(user)
    if "product" in about:
        rows = rows.filter(product=about["product"])
    if "warehouse" in about:
        inside = list(Location.objects.filter(warehouse=about["warehouse"]).values_list("pk", flat=True))
        rows = rows.filter(Q(origin__in=inside) | Q(target__in=inside))
    return rows.select_related("origin__warehouse", "target__warehouse").order_by("-moved_on", "-pk")


def held_of(user: User, product: int, warehouse: int | None = None) -> QuerySet[Reservation]:
    """What is kept of a product, for whom; the oldest first."""
    rows: QuerySet[Reservation] = Reservation.objects.visible_to(user).filter(product=product, left__gt=0)
    if warehouse is not None:
        rows = rows.filter(warehouse=warehouse)
    return rows.select_related("warehouse").order_by("pk")


def spots_of(product: int, warehouse: int) -> QuerySet[Balance]:
    """Where in a warehouse a product is, by location and batch."""
    rows = Balance.objects.filter(product=product, location__warehouse=warehouse).exclude(on_hand=0)
    return rows.select_related("location").order_by("location__name", "batch")


@dataclass(frozen=True, slots=True)
class Held:
    """What a warehouse holds.

    Attributes:
        products: How many products are there now.
        low: How many of them are to be ordered again.
    """

    products: int
    low: int


def held_in(warehouse: Warehouse, user: User) -> Held:
    """How much there is in a warehouse."""
    rows = StockItem.objects.visible_to(user).filter(warehouse=warehouse)
    return Held(rows.filter(on_hand__gt=0).count(), rows.filter(low=True).count())


def by_location(warehouse: Warehouse) -> Sequence[tuple[int, str, int]]:
    """Id and name of each location with how many products are there."""
    filled = Balance.objects.filter(location__warehouse=warehouse, on_hand__gt=0).order_by()
    counts: dict[int, set[int]] = defaultdict(set)
    for place, product in filled.values_list("location_id", "product_id"):
        counts[place].add(product)
    places = Location.objects.filter(warehouse=warehouse).order_by("name", "pk")
    return [(pk, name, len(counts[pk])) for pk, name in places.values_list("pk", "name")]
