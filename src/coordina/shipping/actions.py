"""What is done with shipments: prepare, ship, deliver, take back, tell where they are.

What ships cannot be undone: pieces do not come back by a click. It is taken back by its own action, and pages say so.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.company import the_company
from coordina.accounts.days import today_of
from coordina.accounts.locales import zone_of
from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Refusal, Text
from coordina.core.types import type_of
from coordina.orders.enums import AHEAD
from coordina.orders.enums import State as OrderState
from coordina.orders.fulfilment import acknowledge, return_lines, ship_lines
from coordina.orders.models import Order
from coordina.shipping import rules
from coordina.shipping.enums import AWAY, LEFT, News, State
from coordina.shipping.models import Carrier, Shipment, ShipmentLine, TrackingEvent
from coordina.shipping.packing import to_pack
from coordina.shipping.progress import arrived
from coordina.shipping.writers import new_door
from coordina.stock.models import Warehouse

KEEPERS = LEADERS | {"logistics": "all"}
SHIP = permission(
    "shipping.ship_shipment", noun=Shipment._meta.verbose_name_plural or "", verb="ship", grants=KEEPERS,
    label=_("Prepare, ship, note deliveries and returns"),
)  # fmt: skip
GONE = _("What leaves the warehouse cannot be undone here: it is taken back by “Take back”.")
STAYS = _("What came back is a move of stock: it cannot be undone here, only moved again.")


def _said(label: Text, **more: Any) -> dict[str, Any]:
    """What a form says of a parameter."""
    return {"label": label, **more}


By = Annotated[Carrier | None, Field(json_schema_extra=_said(_("carrier")))]
Number = Annotated[str, Field(max_length=80, json_schema_extra=_said(_("tracking number")))]
Day = Annotated[date | None, Field(json_schema_extra=_said(_("shipped on"), initial="today"))]
Arrived = Annotated[date | None, Field(json_schema_extra=_said(_("delivered on"), initial="today"))]
Back = Annotated[date | None, Field(json_schema_extra=_said(_("came back on"), initial="today"))]
Expected = Annotated[
    date | None,
    Field(json_schema_extra=_said(_("expected on"), help=_("Empty: by the carrier’s times."))),
]
Receiver = Annotated[str, Field(max_length=160, json_schema_extra=_said(_("received by")))]
Because = Annotated[str, Field(min_length=1, max_length=300, json_schema_extra=_said(_("reason")))]
Where = Annotated[
    Warehouse | None,
    Field(json_schema_extra=_said(_("warehouse"), help=_("Empty: where it was sent from."))),
]
From = Annotated[
    Warehouse | None,
    Field(json_schema_extra=_said(_("warehouse"), help=_("Empty: wherever it is reserved, one shipment each."))),
]
OnTheShelf = Annotated[bool, Field(json_schema_extra=_said(_("can be sold again: back on the shelf")))]
What = Annotated[News, Field(json_schema_extra=_said(_("what happened")))]
When = Annotated[datetime | None, Field(json_schema_extra=_said(_("when"), help=_("Empty: now.")))]
Place = Annotated[str, Field(max_length=160, json_schema_extra=_said(_("place")))]
Words = Annotated[str, Field(max_length=300, json_schema_extra=_said(_("in words")))]


@action(
    Order, permission=SHIP, label=_("Prepare a shipment"), icon="package", primary=True, lifecycle=(AHEAD, None),
)  # fmt: skip
def prepare_shipment(*, order: Order, warehouse: From = None, carrier: By = None, by: User, at: datetime) -> Order:
    """Put together what is reserved for an order and still to be sent; what is missing goes with a later shipment."""
    found = to_pack(order)
    places = [warehouse.pk] if warehouse is not None else sorted(found)
    if not any(found.get(pk) for pk in places):
        raise Refusal("nothing", _("Nothing can be packed now: reserve it first, or ship what is packed."), status=409)
    writer = type_of(Shipment).writer
    for place in places:
        values = {"order": order, "warehouse": Warehouse.objects.get(pk=place), "carrier": carrier}
        writer.create([writer.clean(values)], by=by, at=at)
    return order


@action(
    Order, permission=SHIP, label=_("Receipt confirmed"), icon="checks", primary=True,
    lifecycle=((OrderState.DELIVERED,), None),
)  # fmt: skip
def note_receipt(*, order: Order, received_on: Arrived = None, by: User, at: datetime) -> Order:
    """Note that the customer confirmed that everything arrived.

    Args:
        received_on: Day they said so.
    """
    acknowledge(order, received_on or today_of(by, at), by, at)
    return order


@action(
    Shipment, permission=SHIP, label=_("Ship"), icon="truck-delivery", primary=True, bulk=True, undoable=False,
    warning=GONE, lifecycle=((State.PACKING,), State.SHIPPED),
)  # fmt: skip
def ship(
    *,
    shipment: Shipment,
    shipped_on: Day = None,
    carrier: By = None,
    tracking_number: Number = "",
    expected_on: Expected = None,
    by: User,
    at: datetime,
) -> Shipment:
    """Hand a shipment over to the carrier: what is in it leaves the warehouse.

    Args:
        shipped_on: Day it leaves.
    """
    day = shipped_on or today_of(by, at)
    rows = list(ShipmentLine.objects.filter(shipment=shipment).values_list("line_id", "quantity"))
    if not rows:
        raise Refusal("empty", _("Nothing is in it yet."), status=409)
    if day > today_of(by, at):
        raise Refusal("future", _("This day is still to come."), field="shipped_on")
    if expected_on is not None and expected_on < day:
        raise Refusal("before", _("It cannot arrive before it left."), field="expected_on")
    ship_lines(shipment.order, dict(rows), day, by, at, warehouse=shipment.warehouse)
    shipment.carrier = carrier or shipment.carrier
    shipment.tracking_number = tracking_number.strip() or shipment.tracking_number
    shipment.status, shipment.shipped_on = State.SHIPPED, day
    shipment.expected_on = expected_on or shipment.expected_on or due(shipment.carrier, day, at)
    shipment.save()
    return shipment


def due(carrier: Carrier | None, day: date, at: datetime) -> date | None:
    """The day on which a carrier should deliver what is handed over on a day; unknown without a carrier."""
    if carrier is None:
        return None
    here = timezone.localtime(at, zone_of(None, the_company()))
    late = carrier.cutoff_hour is not None and here.date() == day and here.hour >= carrier.cutoff_hour
    left = day + timedelta(days=1) if late else day
    return rules.arrival(left, carrier.transit_days, saturdays=carrier.saturdays, sundays=carrier.sundays)


@action(
    Shipment, permission=SHIP, label=_("Write the tracking number"), icon="map-pin", lifecycle=(AWAY, None),
)  # fmt: skip
def write_number(
    *,
    shipment: Shipment,
    tracking_number: Annotated[str, Field(min_length=1, max_length=80, json_schema_extra=_said(_("tracking number")))],
    carrier: By = None,
    by: User,
    at: datetime,
) -> Shipment:
    """Note under which number the carrier knows a shipment that left.

    Args:
        carrier: Where it is another one than was noted.
    """
    shipment.tracking_number, shipment.carrier = tracking_number.strip(), carrier or shipment.carrier
    shipment.save()
    return shipment


@action(
    Shipment, permission=SHIP, label=_("Mark as delivered"), icon="circle-check", primary=True, bulk=True,
    lifecycle=(AWAY, State.DELIVERED),
)  # fmt: skip
def mark_delivered(
    *, shipment: Shipment, delivered_on: Arrived = None, received_by: Receiver = "", by: User, at: datetime
) -> Shipment:
    """Note that a shipment arrived.

    Args:
        delivered_on: Day it arrived.
        received_by: Who took it.
    """
    arrived(shipment, delivered_on or today_of(by, at), received_by.strip(), by=by, at=at)
    return shipment


@action(
    Shipment, permission=SHIP, label=_("Delivery failed"), icon="alert-triangle",
    lifecycle=((State.SHIPPED, State.TRANSIT), State.FAILED),
)  # fmt: skip
def fail_delivery(*, shipment: Shipment, reason: Because, by: User, at: datetime) -> Shipment:
    """Note that the carrier could not deliver.

    Args:
        reason: Such as that nobody was there.
    """
    shipment.status, shipment.trouble = State.FAILED, reason
    shipment.save()
    return shipment


@action(
    Shipment, permission=SHIP, label=_("Take back"), icon="arrow-back-up", undoable=False, warning=STAYS,
    lifecycle=(LEFT, State.RETURNED),
)  # fmt: skip
def take_back_shipment(
    *,
    shipment: Shipment,
    reason: Because,
    back_to_stock: OnTheShelf = True,
    warehouse: Where = None,
    returned_on: Back = None,
    by: User,
    at: datetime,
) -> Shipment:
    """Take everything of a shipment back that has not come back yet.

    Args:
        reason: Why it came back.
        back_to_stock: Else it is written off as a loss.
        returned_on: Day it came back.
    """
    lines = list(ShipmentLine.objects.filter(shipment=shipment).select_related("line"))
    quantities = {row.line_id: row.quantity - row.returned for row in lines if row.quantity > row.returned}
    if not quantities:
        raise Refusal("nothing", _("Everything of it came back already."), status=409)
    place, day = warehouse or shipment.warehouse, returned_on or today_of(by, at)
    return_lines(shipment.order, quantities, place, back_to_stock, reason, day, by, at)
    for row in lines:
        row.returned = row.quantity
        row.save()
    shipment.status, shipment.trouble = State.RETURNED, reason
    shipment.save()
    return shipment


@action(
    Shipment, permission=SHIP, label=_("Cancel the shipment"), icon="x", danger=True,
    lifecycle=((State.PACKING,), State.CANCELLED),
)  # fmt: skip
def cancel_shipment(*, shipment: Shipment, by: User, at: datetime) -> Shipment:
    """Unpack a shipment that has not left; what is in it stays reserved for the order."""
    shipment.status = State.CANCELLED
    shipment.save()
    return shipment


@action(Shipment, permission=SHIP, label=_("Tell where it is"), icon="map-pin", lifecycle=(AWAY, None))
def note_tracking(
    *,
    shipment: Shipment,
    kind: What,
    happened_at: When = None,
    place: Place = "",
    text: Words = "",
    by: User,
    at: datetime,
) -> Shipment:
    """Write down what the carrier told of a shipment.

    Args:
        text: In words, such as who took it.
    """
    if happened_at is not None and happened_at > at + timedelta(minutes=5):
        raise Refusal("future", _("This moment is still to come."), field="happened_at")
    values = {"shipment": shipment, "kind": kind, "happened_at": happened_at, "place": place, "text": text}
    writer = type_of(TrackingEvent).writer
    writer.create([writer.clean(values)], by=by, at=at)
    found: Shipment = Shipment.objects.get(pk=shipment.pk)
    return found


@action(
    Carrier, permission=Carrier.permission("change"), label=_("New address and secret"), icon="lock", danger=True,
    private=True, undoable=False, warning=_("The address and the secret of before stop working at once."),
)  # fmt: skip
def renew_door(*, carrier: Carrier, by: User, at: datetime) -> Carrier:
    """Give the carrier another address and secret, such as when somebody may know the one of before."""
    carrier.door = new_door()
    carrier.save()
    return carrier
