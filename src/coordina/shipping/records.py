"""How carriers, shipments and what is told of them present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, Grants
from coordina.core.types import Section, f
from coordina.orders.records import SEE
from coordina.records.saved_views import Brought
from coordina.shipping import actions as _declared_first
from coordina.shipping.actions import KEEPERS
from coordina.shipping.models import Carrier, Shipment, ShipmentLine, TrackingEvent
from coordina.shipping.writers import CarrierWriter, EventWriter, ShipmentLineWriter, ShipmentWriter

NUMBER = ("número de seguimiento", "seguimiento", "tracking number", "tracking", "tracking no", "guía")

CARRIER = declare(
    Carrier,
    url="carriers",
    icon="truck",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("transportista", "carrier", "nombre", "name")),
        f("transit_days", minimum=0, aliases=("días de tránsito", "transit days", "plazo")),
        f("cutoff_hour", minimum=0, maximum=23, help=_("What is handed over later leaves the next working day.")),
        f("saturdays"),
        f("sundays"),
        f("tracking_url", help=_("With {number} where the tracking number goes."), aliases=("seguimiento", "url")),
        f("active"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "transit_days", "cutoff_hour", "active"),
    quick=("active",),
    facts=("transit_days", "cutoff_hour", "active"),
    sections=(
        Section(_("Carrier"), ("name", "active", "tracking_url")),
        Section(_("Times"), ("transit_days", "cutoff_hour", "saturdays", "sundays")),
    ),
    order="name",
    writer=CarrierWriter,
    grants=Grants(GRANTS["shared"].view, KEEPERS, KEEPERS, KEEPERS),
    setting=True,
    match=("name",),
    extra={"new": _("New carrier")},
    empty=_("Who brings your goods, how long they take, and where one sees where a shipment is."),
)

SHIPMENT = declare(
    Shipment,
    url="shipments",
    icon="truck-delivery",
    fields=(
        f("reference", sortable=True, searchable=True, aliases=("envío", "shipment", "referencia", "reference")),
        f("order", searchable=True),
        f("company", searchable=True),
        f("status"),
        f("warehouse"),
        f("carrier", aliases=("transportista", "carrier")),
        f("tracking_number", searchable=True, aliases=NUMBER),
        f("packages", minimum=1),
        f("weight", minimum=0),
        f("shipped_on", sortable=True),
        f("expected_on", sortable=True),
        f("delivered_on"),
        f("received_by"),
        f("trouble"),
        f("delivery_to"),
        f("notes"),
        f("owner", required=False),
        f("team"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("reference", "company", "order", "status", "carrier", "tracking_number", "shipped_on", "expected_on"),
    quick=("status", "carrier", "company", "warehouse", "expected_on"),
    facts=("company", "order", "carrier", "expected_on", "owner"),
    sections=(
        Section(_("Shipment"), ("order", "warehouse", "carrier", "tracking_number", "packages", "weight")),
        Section(_("Delivery"), ("expected_on", "delivery_to", "notes", "shipped_on", "delivered_on", "received_by")),
        Section(_("Who looks after it"), ("owner",)),
    ),
    writer=ShipmentWriter,
    grants=Grants(SEE, KEEPERS, KEEPERS, KEEPERS),
    importable=False,
    match=("reference", "tracking_number"),
    subtitle="company",
    extra={
        "new": _("New shipment"),
        "board": "status",
        "calendar": "expected_on",
        "views": (
            Brought(_("Being packed"), {"q": "status = packing"}),
            Brought(_("On their way"), {"q": "status in (shipped, transit, failed)", "sort": "expected_on"}),
            Brought(_("Should have arrived"), {"q": "status in (shipped, transit, failed) and expected_on < today"}),
        ),
    },
    empty=_("Here you will see what left and where it is. Prepare the first shipment on the page of an order."),
)

LINE = declare(
    ShipmentLine,
    name="shipment_line",
    url="shipment-lines",
    icon="packages",
    fields=(f("line"), f("quantity", minimum=0), f("returned")),
    within="shipment",
    writer=ShipmentLineWriter,
    importable=False,
    extra={"panel": True},
)

EVENT = declare(
    TrackingEvent,
    name="tracking_event",
    url="tracking-events",
    icon="map-pin",
    fields=(f("kind"), f("happened_at"), f("place"), f("text"), f("told")),
    within="shipment",
    writer=EventWriter,
    importable=False,
    extra={"panel": True},
)
