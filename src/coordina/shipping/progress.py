"""What follows for a shipment, and for its order, from what happened on its way."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.company import company_day
from coordina.core.refusals import Refusal
from coordina.orders.fulfilment import deliver_lines
from coordina.orders.models import Order
from coordina.shipping import rules
from coordina.shipping.enums import State
from coordina.shipping.models import Shipment, ShipmentLine, TrackingEvent


def move_on(event: TrackingEvent, *, by: Any, at: datetime) -> None:
    """Bring the shipment to where the news say it is; delivered, its goods are with the customer."""
    order = Shipment.objects.filter(pk=event.shipment_id).values_list("order_id", flat=True)[0]
    list(Order.objects.filter(pk=order).locked().values_list("pk", flat=True))  # first, as every door does
    shipment = Shipment.objects.locked().get(pk=event.shipment_id)
    after = rules.state_after(shipment.status, event.kind)
    if after == shipment.status:
        return
    if after == State.DELIVERED:
        arrived(shipment, company_day(event.happened_at), event.text[:160], by=by, at=at)
        return
    shipment.status = after
    if after == State.FAILED:
        shipment.trouble = event.text or str(event.get_kind_display())
    shipment.save()


def arrived(shipment: Shipment, day: date, received_by: str, *, by: Any, at: datetime) -> None:
    """Note that a shipment arrived: its order knows what of it did.

    Raises:
        Refusal: For a day before it left.
    """
    day = max(day, shipment.shipped_on) if by is None and shipment.shipped_on is not None else day
    if shipment.shipped_on is not None and day < shipment.shipped_on:
        raise Refusal("before", _("It cannot arrive before it left."), field="delivered_on")
    rows = ShipmentLine.objects.filter(shipment=shipment).values_list("line_id", "quantity", "returned")
    quantities = {line: many - back for line, many, back in rows if many > back}
    shipment.status, shipment.delivered_on = State.DELIVERED, day
    shipment.received_by, shipment.trouble = received_by, ""
    shipment.save()
    if quantities:
        deliver_lines(shipment.order, quantities, day, by, at)
