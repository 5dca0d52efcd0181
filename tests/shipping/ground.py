"""A company with stock, a customer, an order of lamps and cables, and a carrier."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordina.accounts.company import company_day
from coordina.accounts.models import User
from coordina.customers.models import Company
from coordina.orders.actions import confirm_order
from coordina.orders.models import Order, OrderLine
from coordina.shipping.actions import prepare_shipment, ship
from coordina.shipping.models import Carrier, Shipment, ShipmentLine
from tests.stock.ground import Stock


class Shipping(Stock):
    """Logistics is `keeper`; ten lamps and four cables are in the main warehouse."""

    def __init__(self) -> None:
        super().__init__()
        self.today = company_day(timezone.now())
        self.received(10)
        self.received(4, self.cable)
        self.customer: Company = self.create(Company, by=self.rep, name="Hotel Bahía")
        self.carrier: Carrier = self.create(
            Carrier, name="Rayo", transit_days=2, tracking_url="https://rayo.example/?n={number}"
        )

    def order(self, lamps: Any = 3, cables: Any = 0, **values: Any) -> Order:
        """A confirmed order; what is there is reserved."""
        order = self.create(Order, by=self.rep, company=self.customer, delivery_to="Muelle 1\n11003 Cádiz", **values)
        for product, many in ((self.lamp, lamps), (self.cable, cables)):
            if many:
                self.create(OrderLine, by=self.rep, order=order, product=product, quantity=many, unit_price="10")
        self.act(confirm_order, self.rep, order.pk, accept_missing=True)
        return self.again(order)

    def again(self, record: Any) -> Any:
        """The record as it is now."""
        return type(record).objects.get(pk=record.pk)

    def packed(self, order: Order) -> Shipment:
        """The shipment that is prepared for an order."""
        self.act(prepare_shipment, self.keeper, order.pk, carrier=self.carrier.pk)
        found: Shipment = Shipment.objects.order_by("-pk")[0]
        return found

    def sent(self, order: Order | None = None, **values: Any) -> Shipment:
        """A shipment that left."""
        shipment = self.packed(order or self.order())
        self.act(ship, self.keeper, shipment.pk, **values)
        found: Shipment = self.again(shipment)
        return found

    def inside(self, shipment: Shipment) -> dict[str, Decimal]:
        """What is in a shipment, by the name of the product."""
        rows = ShipmentLine.objects.filter(shipment=shipment).select_related("line__product")
        return {row.line.product.name: row.quantity for row in rows}

    def line(self, order: Order, product: Any = None) -> OrderLine:
        """The line of a product in an order."""
        found: OrderLine = OrderLine.objects.get(order=order, product=product or self.lamp)
        return found

    def door(self, user: User) -> Any:
        """A browser."""
        return self.client(user)
