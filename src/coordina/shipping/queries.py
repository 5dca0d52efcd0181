"""What of orders and shipments waits on the packing table."""

import datetime as dt
from typing import Any

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.orders.enums import AHEAD
from coordina.orders.models import Order
from coordina.shipping.enums import State
from coordina.shipping.models import Shipment, ShipmentLine
from coordina.shipping.packing import to_pack

SHOWN = 60
"""Orders and shipments that the page names."""
LOOKED = 300
"""Orders with the oldest promise that are looked through."""


def ready_rows(user: User, formats: Formats) -> list[dict[str, Any]]:
    """Orders of which something can be packed now, the oldest promise first."""
    rows = Order.objects.visible_to(user).filter(status__in=AHEAD).select_related("company")
    found: list[dict[str, Any]] = []
    for order in sorted(rows.order_by("expected_on", "pk")[:LOOKED], key=_promise):
        proposal = to_pack(order)
        if proposal:
            found.append(_ready(order, proposal, formats))
        if len(found) == SHOWN:
            break
    return found


def _promise(order: Order) -> tuple[bool, dt.date, int]:
    return order.expected_on is None, order.expected_on or dt.date.max, order.pk


def _ready(order: Order, proposal: dict[int, dict[int, Any]], formats: Formats) -> dict[str, Any]:
    packed = {line for lines in proposal.values() for line in lines}
    return {
        "pk": order.pk,
        "name": order.reference,
        "url": address("web:detail", "orders", order.pk),
        "company": order.company.name,
        "day": formats.day(order.expected_on) if order.expected_on is not None else "",
        "late": order.expected_on is not None and order.expected_on < formats.today,
        "lines": len(packed),
        "places": len(proposal),
    }


def packed_rows(user: User, formats: Formats) -> list[dict[str, Any]]:
    """Shipments that are being packed, the oldest first."""
    rows = Shipment.objects.visible_to(user).filter(status=State.PACKING).order_by("pk")
    some = list(rows.select_related("company", "carrier", "warehouse", "order")[:SHOWN])
    counts: dict[int, int] = {}
    for pk in ShipmentLine.objects.visible_to(user).filter(shipment__in=some).values_list("shipment_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [
        {
            "pk": shipment.pk,
            "name": shipment.reference,
            "url": address("web:detail", "shipments", shipment.pk),
            "company": shipment.company.name,
            "carrier": shipment.carrier.name if shipment.carrier is not None else "",
            "warehouse": shipment.warehouse.name,
            "number": shipment.tracking_number,
            "lines": counts.get(shipment.pk, 0),
            "day": formats.day(shipment.order.expected_on) if shipment.order.expected_on is not None else "",
        }
        for shipment in some
    ]
