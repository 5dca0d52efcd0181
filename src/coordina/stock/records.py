"""How stock presents itself."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, Grants
from coordina.core.types import Section, f
from coordina.stock import actions as _declared_first
from coordina.stock.actions import KEEPERS
from coordina.stock.brought import COUNT_VIEWS, ITEM_VIEWS, RESERVATION_VIEWS
from coordina.stock.models import (
    Location,
    Reservation,
    StockCount,
    StockItem,
    StockMove,
    TrackedProduct,
    Warehouse,
)  # fmt: skip
from coordina.stock.writers import (
    CountWriter,
    ItemWriter,
    LocationWriter,
    MoveWriter,
    TrackingWriter,
    WarehouseWriter,
)  # fmt: skip

SEEN = GRANTS["shared"].view
NOBODY: dict[str, str] = {}
KEPT = Grants(SEEN, KEEPERS, KEEPERS, KEEPERS)
NOTED = Grants(SEEN, NOBODY, NOBODY, NOBODY)
PRODUCT = ("producto", "product", "artículo", "item", "nombre del producto", "product name")
WAREHOUSE = ("almacén", "warehouse", "bodega", "depósito", "store")
CHANGED = f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False)

ITEM_TYPE = declare(
    StockItem,
    name="stock_item",
    url="stock",
    icon="packages",
    writer=ItemWriter,
    fields=(
        f("name", label=_("product"), sortable=True, searchable=True, importable=False),
        f("product", aliases=PRODUCT),
        f("product.code", label=_("code"), importable=False),
        f("product.series", label=_("series"), importable=False),
        f("warehouse", aliases=WAREHOUSE),
        f("on_hand", sortable=True, importable=False),
        f("reserved", sortable=True, importable=False),
        f("available", sortable=True, importable=False),
        f("incoming", sortable=True, importable=False),
        f("next_receipt_on", importable=False),
        f("reorder_point", minimum=0, aliases=("punto de pedido", "reorder point", "stock mínimo", "mínimo")),
        f("low", importable=False),
        f("low_since", importable=False),
        f("moved_on", sortable=True, importable=False),
        f("owner", aliases=("responsable", "owner", "buyer", "comprador")),
        f("team"),
        CHANGED,
    ),
    columns=("name", "warehouse", "on_hand", "reserved", "available", "incoming", "next_receipt_on", "reorder_point"),
    quick=("warehouse", "low", "product"),
    facts=("warehouse", "available", "on_hand", "reserved", "incoming"),
    sections=(
        Section(
            _("Stock"), ("product", "warehouse", "on_hand", "reserved", "available", "incoming", "next_receipt_on")
        ),
        Section(_("Replenishment"), ("reorder_point", "low", "low_since", "moved_on", "owner")),
    ),
    order="name",
    grants=KEPT,
    extra={
        "together": ("product", "warehouse"),
        "views": ITEM_VIEWS,
        "new": _("Put a product in a warehouse"),
        "badges": (),
    },
    empty=_("Here you will see what is in stock. Put a product in a warehouse, or import a count."),
)

MOVE_TYPE = declare(
    StockMove,
    name="stock_move",
    url="stock-moves",
    icon="arrows-exchange",
    writer=MoveWriter,
    fields=(
        f("name", sortable=False, searchable=False),
        f("kind"),
        f("product"),
        f("quantity"),
        f("origin"),
        f("target"),
        f("batch", searchable=True),
        f("moved_on", sortable=True),
        f("reason"),
        f("reverses"),
        f("owner"),
        CHANGED,
    ),
    columns=("name", "kind", "quantity", "origin", "target", "moved_on", "reason"),
    quick=("kind", "product", "moved_on"),
    facts=("kind", "quantity", "moved_on", "owner"),
    sections=(
        Section(
            _("Move"),
            ("product", "kind", "quantity", "batch", "origin", "target", "moved_on", "reason", "reverses", "owner"),
        ),
    ),
    order="-moved_on",
    grants=NOTED,
    importable=False,
    extra={"badges": (), "minor": True},
    empty=_("Here you will see every change of stock: what went from where to where, when and why."),
)

RESERVATION_TYPE = declare(
    Reservation,
    url="reservations",
    icon="lock",
    fields=(
        f("name"),
        f("product"),
        f("warehouse"),
        f("quantity"),
        f("left"),
        f("status"),
        f("needed_on"),
        f("purpose", searchable=True),
        f("owner"),
        CHANGED,
    ),
    columns=("name", "warehouse", "quantity", "left", "purpose", "needed_on", "status", "owner"),
    quick=("status", "warehouse", "product"),
    facts=("status", "left", "needed_on", "owner"),
    sections=(
        Section(_("Reservation"), ("product", "warehouse", "quantity", "left", "purpose", "needed_on", "owner")),
    ),
    grants=Grants(SEEN, NOBODY, KEEPERS | {"representative": "all", "manager": "all"}, NOBODY),
    importable=False,
    extra={"views": RESERVATION_VIEWS, "minor": True},
    empty=_("Here you will see what is kept for whom. Reserve on the page of a product’s stock."),
)

COUNT_TYPE = declare(
    StockCount,
    name="stock_count",
    url="stock-counts",
    icon="clipboard-check",
    writer=CountWriter,
    fields=(
        f("name"),
        f("product", aliases=PRODUCT),
        f("warehouse", aliases=WAREHOUSE),
        f("location", aliases=("ubicación", "location", "estantería", "shelf", "bin")),
        f("batch", aliases=("lote", "batch", "lot", "número de serie", "serial", "serial number")),
        f(
            "counted",
            minimum=0,
            aliases=(
                "cantidad", "quantity", "contado", "counted", "existencias", "on hand", "stock", "qty", "stock inicial",
                "opening stock", "unidades",
            ),
        ),
        f("counted_on", aliases=("fecha", "date", "contado el", "counted on", "fecha de recuento")),
        f("reason", aliases=("motivo", "reason", "observaciones")),
        f("status"),
        f("expected"),
        f("difference"),
        f("owner"),
        CHANGED,
    ),
    columns=("name", "warehouse", "location", "counted", "expected", "difference", "counted_on", "status"),
    quick=("status", "warehouse", "product"),
    facts=("status", "counted", "difference", "owner"),
    sections=(
        Section(_("Count"), ("product", "warehouse", "location", "batch", "counted", "counted_on", "reason")),
        Section(_("Result"), ("expected", "difference", "owner")),
    ),
    grants=KEPT,
    extra={"views": COUNT_VIEWS, "new": _("Count a product"), "minor": True},
    empty=_("Write down or import what is on the shelves, such as your opening stock; then book it."),
)  # fmt: skip

WAREHOUSE_TYPE = declare(
    Warehouse,
    url="warehouses",
    icon="building-warehouse",
    writer=WarehouseWriter,
    fields=(
        f(
            "name",
            sortable=True,
            searchable=True,
            aliases=(*WAREHOUSE, "nombre", "nombre del almacén"),
        ),
        f("code", searchable=True, aliases=("código", "code", "código de almacén", "warehouse code")),
        f("street", aliases=("calle", "dirección", "street", "address")),
        f("postal_code", aliases=("código postal", "cp", "postal code", "zip")),
        f("city", aliases=("ciudad", "población", "city")),
        f("country", aliases=("país", "country")),
        f("active", aliases=("activo", "en uso", "active", "in use")),
        CHANGED,
    ),
    columns=("name", "code", "city", "active"),
    quick=("active",),
    facts=("code", "city", "active"),
    sections=(
        Section(_("Warehouse"), ("name", "code", "active")),
        Section(_("Address"), ("street", "postal_code", "city", "country")),
    ),
    order="name",
    grants=KEPT,
    match=("code", "name"),
    extra={"new": _("New warehouse"), "codes": {"code": ("código de almacén", "warehouse code")}},
    empty=_("Warehouses hold your stock. Create the first one; it begins with one location."),
)

LOCATION_TYPE = declare(
    Location,
    url="locations",
    icon="map-pin",
    writer=LocationWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=("ubicación", "location", "estantería", "shelf", "bin")),
        f("warehouse", aliases=WAREHOUSE),
        f("kind"),
        CHANGED,
    ),
    columns=("name", "warehouse", "kind"),
    quick=("warehouse", "kind"),
    facts=("warehouse", "kind"),
    order="name",
    grants=KEPT,
    setting=True,
    match=("name",),
    empty=_("Locations are the places in a warehouse, such as shelves."),
)

TRACKED_TYPE = declare(
    TrackedProduct,
    name="tracked_product",
    url="tracked-products",
    icon="barcode",
    writer=TrackingWriter,
    fields=(f("name", sortable=True), f("product", aliases=PRODUCT), f("tracking"), CHANGED),
    columns=("name", "tracking"),
    facts=("tracking",),
    order="name",
    grants=KEPT,
    setting=True,
    importable=False,
    empty=_("Products whose batches or pieces are told apart: each of their moves names one."),
)
