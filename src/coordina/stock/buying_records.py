"""How suppliers and purchase orders present themselves."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import LEADERS, Grants
from coordina.core.types import Field, Kind, Section, f
from coordina.records.importing.lined import Lined
from coordina.stock.actions import KEEPERS
from coordina.stock.brought import PURCHASE_VIEWS
from coordina.stock.buying_writers import PurchaseLineWriter, PurchaseWriter, SupplierProductWriter, SupplierWriter
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, SupplierProduct
from coordina.stock.records import CHANGED, PRODUCT, WAREHOUSE

SEES = LEADERS | dict.fromkeys(("logistics", "finance", "product"), "all")
BOUGHT = Grants(SEES, KEEPERS, KEEPERS, KEEPERS)
SUPPLIER = ("proveedor", "supplier", "vendor", "nombre del proveedor", "supplier name")
LEAD = ("plazo", "plazo de entrega", "lead time", "lead days", "días de entrega", "average lead time")

NUMBERS = (
    "pedido de compra", "nº de pedido", "número de pedido", "purchase order", "po number", "purchase order id",
    "order number",
)  # fmt: skip
"""How files call the number of a purchase order."""
STATES = {
    "draft": ("pending", "pendiente", "new", "nuevo", "created"),
    "sent": ("approved", "aprobado", "open", "abierto", "ordered", "confirmed"),
    "partly": ("partially received", "parcial", "partial"),
    "received": ("complete", "completed", "completo", "closed", "cerrado", "done"),
    "cancelled": ("canceled", "rejected", "rechazado", "anulado", "void"),
}
"""How other programs call the states of a purchase order."""


def past_orders() -> list[Field]:
    """What only an import says of a purchase order: how far it was in the system it comes from."""
    return [replace(PURCHASE_TYPE.fields[name], editable=True) for name in ("status", "ordered_on")]


def past_lines() -> list[Field]:
    """What only an import says of a line: how much of it had come."""
    return [replace(LINE_TYPE.fields["received"], editable=True, minimum=0)]


PURCHASE_TYPE = declare(
    PurchaseOrder,
    name="purchase_order",
    url="purchase-orders",
    icon="shopping-cart",
    writer=PurchaseWriter,
    fields=(
        f("reference", sortable=True, searchable=True, importable=False),
        f("supplier", searchable=True, aliases=SUPPLIER),
        f("warehouse", aliases=WAREHOUSE),
        f("status", aliases=("estado", "status", "state"), meanings=STATES),
        f("ordered_on", aliases=("fecha del pedido", "fecha de pedido", "order date", "ordered on", "pedido el")),
        f("expected_on", sortable=True, aliases=("fecha prevista", "expected on", "due date", "entrega prevista")),
        f(
            "supplier_reference",
            searchable=True,
            aliases=("referencia del proveedor", "supplier reference", "su pedido"),
        ),
        f("why", aliases=("motivo", "nota", "note", "why")),
        f("owner", aliases=("responsable", "owner", "comprador", "buyer")),
        f("team"),
        CHANGED,
    ),
    columns=("reference", "supplier", "warehouse", "status", "ordered_on", "expected_on", "owner"),
    quick=("status", "supplier", "warehouse"),
    facts=("status", "supplier", "expected_on", "owner"),
    sections=(
        Section(_("Purchase order"), ("supplier", "warehouse", "supplier_reference", "why", "owner")),
        Section(_("Days"), ("ordered_on", "expected_on")),
    ),
    grants=BOUGHT,
    match=("supplier_reference",),
    extra={"targets": past_orders, "id_aliases": NUMBERS, "views": PURCHASE_VIEWS, "new": _("New purchase order")},
    empty=_("Here you will see what is ordered from suppliers and when it comes."),
)

LINE_TYPE = declare(
    PurchaseLine,
    name="purchase_line",
    url="purchase-lines",
    icon="packages",
    writer=PurchaseLineWriter,
    fields=(
        f("product", aliases=PRODUCT),
        f("quantity", minimum=0, aliases=("cantidad", "quantity", "order qty", "unidades", "ordered")),
        f(
            "unit_price",
            kind=Kind.MONEY,
            currency="purchase__supplier__currency",
            minimum=0,
            aliases=("precio", "precio unitario", "unit price", "coste unitario", "unit cost", "price"),
        ),
        f("received", aliases=("recibido", "received", "received qty", "cantidad recibida")),
        f("closed"),
    ),
    within="purchase",
    extra={
        "panel": True,
        "lined": Lined(NUMBERS),
        "together": ("purchase", "product"),
        "repeats": True,
        "targets": past_lines,
    },
)

SUPPLIER_TYPE = declare(
    Supplier,
    url="suppliers",
    icon="building-factory",
    writer=SupplierWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=(*SUPPLIER, "nombre", "name")),
        f("code", searchable=True, aliases=("código", "código de proveedor", "account number", "supplier code")),
        f("company", searchable=True, aliases=("empresa", "company")),
        f("email", aliases=("correo", "e-mail", "email", "correo electrónico")),
        f("lead_days", minimum=0, aliases=LEAD),
        f("lead_deviation", minimum=0, aliases=("desviación del plazo", "lead time deviation")),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa")),
        f("active", aliases=("activo", "en uso", "active", "active flag")),
        CHANGED,
    ),
    columns=("name", "code", "lead_days", "lead_deviation", "currency", "active"),
    quick=("active",),
    facts=("code", "lead_days", "active"),
    sections=(
        Section(_("Supplier"), ("name", "code", "company", "email", "active")),
        Section(_("Terms"), ("lead_days", "lead_deviation", "currency")),
    ),
    order="name",
    grants=BOUGHT,
    match=("code", "name"),
    extra={"new": _("New supplier"), "codes": {"code": ("código de proveedor", "vendor code", "vendor number")}},
    empty=_("Here you will see who you buy from, with their lead times. Import them or write down the first."),
)

OFFER_TYPE = declare(
    SupplierProduct,
    name="supplier_product",
    url="supplier-products",
    icon="tag",
    writer=SupplierProductWriter,
    fields=(
        f("name", sortable=True),
        f("supplier", aliases=SUPPLIER),
        f("product", aliases=PRODUCT),
        f("code", searchable=True, aliases=("código del proveedor", "supplier code", "supplier sku", "vendor sku")),
        f(
            "price",
            kind=Kind.MONEY,
            currency="currency",
            minimum=0,
            aliases=("precio", "precio de compra", "purchase price", "price", "standard price", "coste"),
        ),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa")),
        f("minimum", aliases=("cantidad mínima", "minimum quantity", "min order qty", "pedido mínimo")),
        f("multiple", aliases=("múltiplo", "multiple", "unidades por caja")),
        f("lead_days", minimum=0, aliases=LEAD),
        f("preferred", aliases=("preferido", "preferred")),
        CHANGED,
    ),
    columns=("name", "supplier", "code", "price", "minimum", "multiple", "lead_days", "preferred"),
    quick=("supplier", "product"),
    facts=("supplier", "price", "lead_days"),
    sections=(
        Section(_("Product"), ("supplier", "product", "code", "preferred")),
        Section(_("Terms"), ("price", "currency", "minimum", "multiple", "lead_days")),
    ),
    order="name",
    grants=BOUGHT,
    extra={"new": _("Say what a supplier asks"), "minor": True, "together": ("supplier", "product")},
    empty=_("Prices, minimum quantities and codes of your suppliers, product by product."),
)
