"""What shipping shows: on a shipment's page its way, what is in it, its papers; on an order's page its shipments."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.panels import PANELS, Panel
from coordina.core.types import type_of
from coordina.core.visibility import covers
from coordina.orders.models import Order
from coordina.shipping.cells import TONES
from coordina.shipping.enums import AWAY, State
from coordina.shipping.models import Carrier, Shipment, ShipmentLine, TrackingEvent
from coordina.shipping.papers import may_confirm
from coordina.shipping.rules import tracking_url
from coordina.shipping.telling import door_of, secret_of

SHOWN = 12
WAY = (State.PACKING, State.SHIPPED, State.TRANSIT, State.DELIVERED)
ENDED = {State.FAILED: 2, State.RETURNED: 3}
"""States that stand in the place of a node of the way."""


def track(shipment: Shipment, user: User) -> Mapping[str, Any]:
    """Where a shipment is, as a way with its days."""
    formats, state = formats_here(""), State(shipment.status)
    if state == State.CANCELLED:
        return {"steps": [{"name": state.label, "state": "now", "note": ""}], "trouble": ""}
    here = ENDED.get(state, WAY.index(state) if state in WAY else 0)
    steps: list[dict[str, Any]] = []
    for place, node in enumerate(WAY):
        shown = state if place == here else node
        done = place < here or (place == here and state == State.DELIVERED)
        steps.append({"name": shown.label, "state": "done" if done else "now" if place == here else "", "note": ""})
    steps[1]["note"] = formats.date_short(shipment.shipped_on)
    steps[3]["note"] = formats.date_short(shipment.delivered_on or shipment.expected_on)
    late = state in AWAY and shipment.expected_on is not None and shipment.expected_on < formats.today
    if late or state == State.FAILED:
        steps[3 if late else here]["state"] = "late"
    return {"steps": steps, "trouble": shipment.trouble, "received_by": shipment.received_by}


def contents(shipment: Shipment, user: User) -> Mapping[str, Any]:
    """What is in a shipment, to be changed while it is packed."""
    formats, back = formats_here(""), address("web:detail", "shipments", shipment.pk)
    open_ = shipment.status == State.PACKING and covers(shipment, user, Shipment.permission("change"))
    rows = ShipmentLine.objects.visible_to(user).filter(shipment=shipment).order_by("line_id")
    made = standard(ShipmentLine, "create")
    return {
        "lines": [
            {
                "name": row.line.description or row.line.product.name,
                "code": row.line.product.code,
                "quantity": many(row, formats),
                "returned": formats.decimal(row.returned) if row.returned else "",
                "edit_url": f"{address('web:edit', 'shipment-lines', row.pk)}?next={back}" if open_ else "",
            }
            for row in rows.select_related("line", "line__product", "line__product__unit")
        ],
        "add_url": f"{address('web:new', 'shipment-lines')}?shipment={shipment.pk}&next={back}"
        if open_ and made is not None and made.open_to(user)
        else "",
        "packing": shipment.status == State.PACKING,
    }


def many(row: ShipmentLine, formats: Formats) -> str:
    """A quantity with its unit."""
    unit = row.line.product.unit
    return " ".join(part for part in (formats.decimal(row.quantity), unit.symbol if unit is not None else "") if part)


def papers(shipment: Shipment, user: User) -> Mapping[str, Any]:
    """The papers that go along, and where the carrier says where it is."""
    known = type_of(Shipment).known_to(user)
    carrier = shipment.carrier if "carrier" in known and "tracking_number" in known else None
    template = carrier.tracking_url if carrier is not None else ""
    return {
        "papers": [
            (_("Delivery note"), reverse("shipping:note", args=(shipment.pk,))),
            (_("Packing list"), reverse("shipping:packing", args=(shipment.pk,))),
        ],
        "follow_url": tracking_url(template, shipment.tracking_number),
        "carrier": carrier.name if carrier is not None else "",
    }


def news(shipment: Shipment, user: User) -> Mapping[str, Any]:
    """What was told of a shipment, the newest first."""
    formats = formats_here("")
    rows = TrackingEvent.objects.visible_to(user).filter(shipment=shipment).order_by("-happened_at", "-pk")
    return {
        "events": [
            {
                "what": event.get_kind_display(),
                "when": formats.weekday_datetime(event.happened_at),
                "words": " · ".join(part for part in (event.place, event.text) if part),
                "told": event.get_told_display(),
            }
            for event in rows[:SHOWN]
        ]
    }


def of_order(order: Order, user: User) -> Mapping[str, Any]:
    """The shipments of an order, and its confirmation as a paper."""
    formats = formats_here("")
    rows = Shipment.objects.visible_to(user).filter(order=order).select_related("carrier").order_by("pk")
    known = type_of(Shipment).known_to(user)
    return {
        "shipments": [
            {
                "url": address("web:detail", "shipments", shipment.pk),
                "name": shipment.reference,
                "state": State(shipment.status).label,
                "tone": TONES.get(State(shipment.status), ""),
                "carrier": shipment.carrier.name if shipment.carrier is not None and "carrier" in known else "",
                "follow_url": tracking_url(shipment.carrier.tracking_url, shipment.tracking_number)
                if shipment.carrier is not None and {"carrier", "tracking_number"} <= known.keys()
                else "",
                "day": formats.date_short(shipment.delivered_on or shipment.expected_on or shipment.shipped_on),
            }
            for shipment in rows[:SHOWN]
        ],
        "confirmation_url": reverse("shipping:confirmation", args=(order.pk,)) if may_confirm(user) else "",
    }


def door(carrier: Carrier, user: User) -> Mapping[str, Any]:
    """Where and how a carrier tells news by itself, for who looks after carriers."""
    if not user.may(Carrier.permission("change")):
        return {"address": ""}
    return {"address": door_of(carrier, settings.BASE_URL), "secret": secret_of(carrier)}


SEE = Shipment.view_permission()
for _name, _panel in {
    "shipment-track": Panel(
        "shipment.head", gettext_lazy("Way of the shipment"), SEE, "shipping/track.html", track, 10
    ),
    "shipment-lines": Panel("shipment.main", gettext_lazy("What is in it"), SEE, "shipping/lines.html", contents, 5),
    "shipment-news": Panel("shipment.main", gettext_lazy("Tracking"), SEE, "shipping/news.html", news, 10),
    "shipment-papers": Panel("shipment.side", gettext_lazy("Papers"), SEE, "shipping/papers.html", papers, 5),
    "order-shipments": Panel("order.side", gettext_lazy("Shipments"), SEE, "shipping/of_order.html", of_order, 5),
    "carrier-door": Panel(
        "carrier.main",
        gettext_lazy("Let the carrier tell"),
        Carrier.permission("change"),
        "shipping/door.html",
        door,
        5,
    ),
}.items():
    PANELS.add(_name, _panel)
