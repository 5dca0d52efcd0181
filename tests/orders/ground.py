"""A company with stock and a customer who orders."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordina.accounts.models import User
from coordina.catalog.models import TaxClass, TaxRate, TaxRegime
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, undo
from coordina.orders.models import Order, OrderLine
from tests.stock.ground import Stock

BASE = {"price": "10", "currency": "EUR"}


class Orders(Stock):
    """Marabú, which buys lamps at 10 € and cables at 2.50 €, with 21 % of tax on them."""

    def __init__(self) -> None:
        super().__init__()
        self.customer: Company = self.create(Company, name="Hotel Marabú", country="ES")
        self.lamp = self.edit(self.lamp, price="10")
        self.cable = self.edit(self.cable, price="2.5")
        general = self.create(TaxClass, name="General", usual=True)
        self.regime = self.create(TaxRegime, name="Península", country="ES", tax="IVA", surcharge="RE", ours=True)
        self.create(TaxRate, regime=self.regime, tax_class=general, percent="21", surcharge="5.2")

    def order(self, *lines: tuple[Any, str], **values: Any) -> Order:
        """A draft of the customer's, with lines."""
        made: Order = self.create(Order, **{"company": self.customer, "delivery_to": "Muelle 3\nGijón"} | values)
        for product, many in lines:
            self.create(OrderLine, order=made, product=product, quantity=many)
        return self.now(made)

    def now(self, order: Order) -> Order:
        """The order as the database has it."""
        found: Order = Order.objects.get(pk=order.pk)
        return found

    def lines(self, order: Order) -> list[OrderLine]:
        """The lines of an order."""
        return list(OrderLine.objects.filter(order=order).order_by("pk"))

    def do(self, fn: Any, order: Order, by: User | None = None, **values: Any) -> Order:
        """An action of an order."""
        self.act(fn, by, order.pk, **values)
        return self.now(order)

    def undo_it(self) -> UndoReport:
        """Take the last change back."""
        return undo(ChangeSet.objects.order_by("-pk")[0], by=self.boss, at=timezone.now())

    def told(self, fn: Any, order: Order, *given: Any, undoable: bool = False, **values: Any) -> Order:
        """What a room above tells an order, inside its own action."""
        at = timezone.now()
        with change_set(by=self.boss, at=at, via="system", action="", undoable=undoable):
            fn(order, *given, by=self.boss, at=at, **values)
        return self.now(order)

    def past(self, *lines: tuple[Any, str], **values: Any) -> Order:
        """An order from another system, as an import writes it."""
        with change_set(by=self.boss, at=timezone.now(), via="import"):
            writer = type_of(Order).writer
            [made] = writer.create(
                [writer.clean({"company": self.customer, **values})], by=self.boss, at=timezone.now()
            )
            rows = [{"order": made, "product": product, "quantity": Decimal(many)} for product, many in lines]
            parts = type_of(OrderLine).writer
            parts.create([parts.clean(row) for row in rows], by=self.boss, at=timezone.now())
        return self.now(made)


def figures(order: Order) -> tuple[str, str, str]:
    """Net, tax, total."""
    return str(order.net), str(order.tax), str(order.total)
