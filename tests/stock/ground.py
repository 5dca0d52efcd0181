"""A company with two warehouses and what it does with stock."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.catalog.models import Product
from coordina.core.permissions import defaults_for
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, undo
from coordina.stock.actions import receive
from coordina.stock.levels import compare
from coordina.stock.models import Balance, Location, StockItem, Warehouse
from tests.world import World


class Stock(World):
    """Two warehouses, two products, somebody of logistics."""

    def __init__(self) -> None:
        super().__init__()
        with change_set(by=None, at=timezone.now(), via="system"):
            role = Role.objects.create(name="logistics", slug="logistics", reach=defaults_for("logistics"))
            self.keeper: User = User.objects.create(
                name="Lola Muelle", email="lola@example.com", team=self.south, role=role, access="active"
            )
        self.main: Warehouse = self.create(Warehouse, name="Central")
        self.spare: Warehouse = self.create(Warehouse, name="Sur")
        self.lamp: Product = self.create(Product, name="Lámpara", code="LAM-1")
        self.cable: Product = self.create(Product, name="Cable", code="CAB-1")

    def item(self, product: Product | None = None, warehouse: Warehouse | None = None) -> StockItem:
        """The stock of a product in a warehouse, made where there is none."""
        where = {"product": product or self.lamp, "warehouse": warehouse or self.main}
        found: StockItem | None = StockItem.objects.filter(**where).first()
        return found or self.create(StockItem, **where)

    def received(self, many: Any, product: Product | None = None, warehouse: Warehouse | None = None) -> StockItem:
        """Some pieces on the shelf."""
        item = self.item(product, warehouse)
        self.act(receive, self.keeper, item.pk, quantity=str(many))
        return self.item(item.product, item.warehouse)

    def place(self, warehouse: Warehouse, name: str = "General") -> Location:
        """A location of a warehouse."""
        found: Location | None = Location.objects.filter(warehouse=warehouse, name=name).first()
        return found or self.create(Location, name=name, warehouse=warehouse)

    def at(self, place: Location, product: Product | None = None) -> Decimal:
        """What is on hand at a location."""
        rows = Balance.objects.filter(location=place, product=product or self.lamp)
        return sum(rows.values_list("on_hand", flat=True), Decimal(0))

    def figures(self, product: Product | None = None, warehouse: Warehouse | None = None) -> tuple[int, int, int]:
        """On hand, reserved, available."""
        item = self.item(product, warehouse)
        return int(item.on_hand), int(item.reserved), int(item.available)

    def undo_last(self, action: str, by: User | None = None) -> UndoReport:
        """Take the last change set of an action back."""
        row = ChangeSet.objects.filter(action=action).order_by("-pk")[0]
        return undo(row, by=by or self.boss, at=timezone.now())


def check() -> None:
    """What must hold at all times: balances and figures are what moves and reservations say, nothing is sold twice."""
    assert compare() == 0
    for item in StockItem.objects.all():
        assert 0 <= item.reserved <= item.on_hand
