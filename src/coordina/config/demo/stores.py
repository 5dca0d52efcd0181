"""The warehouses of the demo company: a year of moves that agree with what was sold, suppliers, open orders to them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import accumulate
from math import ceil
from random import Random
from typing import Any

from coordina.accounts.models import User
from coordina.config.demo import house
from coordina.config.demo.diary import RECENT, YOUNG, Clock
from coordina.config.demo.goods import Good
from coordina.config.demo.sales import Desk
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.orders.models import OrderLine
from coordina.stock.enums import MoveKind, Place, Purchase
from coordina.stock.models import (
    Location,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    StockMove,
    Supplier,
    SupplierProduct,
    Warehouse,
)  # fmt: skip
from coordina.stock.places import outside

WAREHOUSES = (
    {"name": "Almacén central", "code": "ZGZ", "street": "Camino de la Noria, 14", "city": "Zaragoza", "country": "ES"},
    {"name": "Almacén sur", "code": "SEV", "street": "Calle del Alfar, 8", "city": "Sevilla", "country": "ES"},
)
SHELVES = ("Pasillo A", "Pasillo B", "Muelle")
SUPPLIERS = (
    ("Ópticas del Ebro", "FAR", 24, 5), ("Vidrios Lacarra", "TAL", 12, 3), ("Electrónica Albor", "ALB", 9, 2),
    ("Baterías Cierzo", "NOR", 15, 4), ("Metales Guadaíra", "SEN", 21, 6),
)  # fmt: skip
"""Name, code of the series that each sells, lead time in days and its deviation."""
BOX = 5
"""Pieces that suppliers pack together."""
SOUTH = 0.3
"""Share of the deliveries that leave from the south."""
KEEPER = next(c for c in house.COLLEAGUES if c.role == "logistics")


class Stores:
    """Writes what the logistics of the demo company did.

    Args:
        users: By name.
        goods: The products, written already.
        desk: Orders are written in between; what was sold by them is what left.
        clock: For moments.
        today: Day on which it ends.
        draw: Of its own.
    """

    def __init__(
        self, users: Mapping[str, User], goods: Sequence[Good], desk: Desk, clock: Clock, today: date, draw: Random
    ) -> None:  # fmt: skip
        self.by, self.goods, self.clock, self.today, self.draw = users[KEEPER.name], goods, clock, today, draw
        self.first, self.last = today - timedelta(days=364), today - timedelta(days=1)
        self.desk = desk
        self.sold = desk.leaving(self.last, written=False)
        self.shelf: dict[tuple[int, int], int] = defaultdict(int)
        self.places: list[Location] = []
        self.houses: list[Warehouse] = []
        steps = list(self._planned())
        moments = accumulate((moment for moment, _step in steps), max)
        self.waiting = [(moment, step) for moment, (_planned, step) in zip(moments, steps, strict=True)]

    def _planned(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What is written when: the first day, the end of each month, yesterday."""
        yield self.clock.on(self.first, 16, 18), self._open
        begin = self.first
        while begin < self.last:
            end = min(begin + timedelta(days=30), self.last)
            yield self.clock.on(self._written_on(end), 18.6, 19), partial(self._month, begin, end)
            begin = end
        yield self.clock.on(self.last, 19.1, 19.5), self._expect

    def _written_on(self, day: date) -> date:
        """Day on which the diary has everything that was done up to a day: the older, the more at once."""
        age = timedelta(days=(self.today - day).days)
        if age > YOUNG:
            end = date(day.year + day.month // 7, 7 if day.month < 7 else 1, 1) - timedelta(days=1)
            return min(end, self.today - YOUNG)
        if age > RECENT:
            following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
            return min(following - timedelta(days=1), self.today - RECENT)
        return day

    def until(self, moment: datetime) -> None:
        """Write what was done up to a moment and is not written yet."""
        while self.waiting and self.waiting[0][0] <= moment:
            self.at, step = self.waiting.pop(0)
            step()

    def _doing(self, action: str) -> Any:
        return change_set(by=self.by, at=self.at, via="web", action=action, undoable=False)

    def _make(self, model: Any, rows: list[dict[str, Any]]) -> list[Any]:
        made: list[Any] = type_of(model).writer.create(rows, by=self.by, at=self.at)
        return made

    def _open(self) -> None:
        with self._doing("stock.create_warehouse"):
            self.houses = self._make(Warehouse, [dict(row) for row in WAREHOUSES])
            shelves = [{"name": name, "warehouse": self.houses[0]} for name in SHELVES]
            self._make(Location, shelves)
            self.places = [Location.objects.filter(warehouse=h).order_by("pk")[0] for h in self.houses]
        with self._doing("stock.create_supplier"):
            rows = [{"name": n, "lead_days": Decimal(d), "lead_deviation": Decimal(s), "currency": house.CURRENCY}
                    for n, _code, d, s in SUPPLIERS]  # fmt: skip
            made = self._make(Supplier, rows)
            self.suppliers = {code: row for (_n, code, _d, _s), row in zip(SUPPLIERS, made, strict=True)}
            offers = [
                {"supplier": self.suppliers[good.line.code], "product": good.row, "code": f"{good.code}-P",
                 "price": (good.price * Decimal("0.58")).quantize(Decimal("0.01")), "minimum": Decimal(BOX),
                 "multiple": Decimal(BOX), "preferred": True}
                for good in self.goods
            ]  # fmt: skip
            self._make(SupplierProduct, offers)

    def _month(self, begin: date, end: date) -> None:
        """What came in, went south and left within a month; never more than was there."""
        self.desk.write(end, self.at)
        wanted: dict[int, int] = defaultdict(int)
        leaving = self.desk.leaving(end)
        for _day, _sale, line in leaving:
            wanted[id(line.good)] += line.out
        came, moved, left = [], [], []
        last = end >= self.last - timedelta(days=31)
        for good in self.goods:
            usual = self._usual(good)
            spare = usual // 4 if last and self.draw.random() < 0.15 else usual
            short = wanted[id(good)] + spare - self.shelf[id(good), 0] - self.shelf[id(good), 1]
            if short > 0:
                many = ceil(short / BOX) * BOX
                day = begin + timedelta(days=self.draw.randrange(0, 3))
                came.append(self._row(MoveKind.RECEIPT, good, many, self.outside[0], self.places[0], day, ""))
                self.shelf[id(good), 0] += many
            south = min(self.shelf[id(good), 0] // 3, usual // 2)
            if south and self.shelf[id(good), 1] < south and not last:
                day = begin + timedelta(days=4)
                moved.append(self._row(MoveKind.TRANSFER, good, south, self.places[0], self.places[1], day, ""))
                self.shelf[id(good), 0] -= south
                self.shelf[id(good), 1] += south
        for day, sale, line in leaving:
            good, many = line.good, line.out
            place = 1 if self.draw.random() < SOUTH and self.shelf[id(good), 1] >= many else 0
            from_here = min(many, self.shelf[id(good), place])
            for spot, part in ((place, from_here), (1 - place, many - from_here)):
                if part:
                    row = self._row(MoveKind.ISSUE, good, part, self.places[spot], self.outside[1], day, "")
                    about = {"subject_type": OrderLine._meta.label, "subject_id": line.row.pk}
                    left.append(row | about | {"reason": sale.row.reference})
                    self.shelf[id(good), spot] -= part
        for action, rows in (("stock.receive", came), ("stock.transfer", moved)):
            if rows:
                with self._doing(action):
                    self._make(StockMove, rows)
        with self._doing("stock.deliver_reservation"):
            self._make(StockMove, left)
            self.desk.note(end)

    @property
    def outside(self) -> tuple[Location, Location]:
        """Where stock comes from and where it goes."""
        return outside(Place.SUPPLIER), outside(Place.CUSTOMER)

    def _usual(self, good: Good) -> int:
        """What leaves in a usual month, a box at least."""
        return max(BOX, round(sum(line.out for _day, _sale, line in self.sold if line.good is good) / 12))

    def _row(
        self, kind: str, good: Good, many: int, origin: Location, target: Location, day: date, why: str
    ) -> dict[str, Any]:
        return {"kind": kind, "product": good.row, "quantity": Decimal(many), "origin": origin, "target": target,
                "moved_on": min(day, self.last), "reason": why}  # fmt: skip

    def _expect(self) -> None:
        """Reorder points, what is kept for customers, and what is on its way."""
        rows = StockItem.objects.filter(warehouse=self.houses[0]).select_related("product").order_by("pk")
        usual = {good.name: self._usual(good) for good in self.goods}
        code = {good.name: good.line.code for good in self.goods}
        with self._doing("stock.edit_stock_item"):
            items = list(rows)
            points = [(item, {"reorder_point": Decimal(round(usual[item.name] * 0.3))}) for item in items]
            type_of(StockItem).writer.edit(points, by=self.by, at=self.at)
        with self._doing("orders.reserve_order"):
            self.desk.reserve(self.at)
        for number, (supplier, due) in enumerate(zip(self.suppliers.values(), (-3, 4, 6, 12, 15), strict=True)):
            self._order(number, supplier, due, [i for i in items if self.suppliers[code[i.name]] == supplier], usual)

    def _order(
        self, number: int, supplier: Supplier, due: int, items: list[StockItem], usual: Mapping[str, int]
    ) -> None:
        """A purchase order that is late, partly here, or on its way."""
        some = sorted(self.draw.sample(items, 3), key=lambda item: item.pk)
        with self._doing("stock.create_purchase_order"):
            [order] = self._make(
                PurchaseOrder,
                [{"supplier": supplier, "warehouse": self.houses[0], "supplier_reference": f"AB-{2400 + 7 * number}",
                  "expected_on": self.today + timedelta(days=due)}],
            )  # fmt: skip
            lines = self._make(
                PurchaseLine,
                [{"purchase": order, "product": item.product,
                  "quantity": Decimal(ceil(usual[item.name] / BOX) * BOX)} for item in some],
            )  # fmt: skip
            if number < 4:
                order.status, order.ordered_on = Purchase.SENT, self.today - timedelta(days=14)
                order.save()
        if number == 1:
            with self._doing("stock.receive_purchase"):
                line = lines[0]
                line.received = Decimal(BOX)
                line.save()
                row = {"kind": MoveKind.RECEIPT, "product": line.product, "quantity": Decimal(BOX),
                       "origin": self.outside[0], "target": self.places[0], "moved_on": self.last,
                       "reason": "Albarán 2407", "subject_type": PurchaseOrder._meta.label,
                       "subject_id": order.pk}  # fmt: skip
                self._make(StockMove, [row])
                order.status = Purchase.PARTLY
                order.save()
