"""How orders present themselves."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, Grants
from coordina.core.types import Draft, Field, Kind, Section, f
from coordina.orders import actions as _first  # own actions are declared before the generated ones
from coordina.orders.brought import ORDER_VIEWS
from coordina.orders.enums import State
from coordina.orders.models import Order, OrderLine
from coordina.orders.writers import LineWriter, OrderWriter
from coordina.records.importing.lined import Lined
from coordina.records.tags import tags_field

OWNED = GRANTS["owned"]
SEE = OWNED.view | dict.fromkeys(("logistics", "finance", "service"), "all")


def with_lines(condition: Q) -> Exists:
    """Orders that have a line which meets a condition."""
    return Exists(OrderLine.objects.filter(condition, order=OuterRef("pk")))


NUMBERS = ("pedido", "nº de pedido", "número de pedido", "order", "order number", "order no", "sales order")
"""How files call the number of an order."""


def amount_of_line() -> list[Field]:
    """What only an import says of a line: what all of it costs, from which the price of one follows."""
    aliases = ("importe", "importe de la línea", "amount", "line amount", "line total", "subtotal", "sales")
    label = _("amount of the line")
    return [Field(name="amount", label=label, kind=Kind.DECIMAL, virtual=True, decimals=2, digits=16, aliases=aliases)]


def _past(column: str, label: object, *aliases: str) -> Draft:
    """A day of an order of the past: only imports know it."""
    return f(
        f"was_{column}",
        virtual=True,
        editable=False,
        filterable=False,
        kind=Kind.DATE,
        label=label,
        aliases=aliases,
    )


ORDER = declare(
    Order,
    writer=OrderWriter,
    url="orders",
    icon="box",
    fields=(
        f(
            "reference",
            sortable=True,
            searchable=True,
            editable=False,
            aliases=("referencia", "pedido", "order", "order number", "número de pedido", "order id"),
        ),
        f("company", searchable=True, aliases=("empresa", "cliente", "customer", "company", "customer name")),
        f("person", aliases=("contacto", "contact")),
        f("opportunity", aliases=("oportunidad", "opportunity")),
        f(
            "customer_reference",
            sortable=True,
            searchable=True,
            aliases=("referencia del cliente", "su pedido", "customer reference", "purchase order", "po number"),
        ),
        f("status"),
        f("total", sortable=True, kind=Kind.MONEY, currency="currency"),
        f("net", sortable=True, kind=Kind.MONEY, currency="currency"),
        f("tax", kind=Kind.MONEY, currency="currency"),
        f("value", sortable=True, kind=Kind.MONEY, worked_from=("net",)),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa")),
        f("prices_with_tax", aliases=("precios con impuestos", "prices with tax")),
        f("placed_on", sortable=True, aliases=("fecha del pedido", "order date", "orderdate", "fecha", "pedido el")),
        f("requested_on", sortable=True, aliases=("fecha solicitada", "required date", "requested on", "requireddate")),
        f("promised_on", sortable=True, aliases=("fecha prometida", "promised on", "estimated delivery date")),
        f("expected_on", sortable=True),
        f("confirmed_on"),
        f("picked_on"),
        f("shipped_on", sortable=True),
        f("delivered_on", sortable=True),
        f("receipt_on"),
        f("closed_on"),
        f("cancelled_on"),
        f("cancel_reason"),
        f("override_reason"),
        f("overridden"),
        f("warehouse", aliases=("almacén", "warehouse")),
        f("address", editable=False, importable=False),
        f("delivery_to", aliases=("dirección de entrega", "ship to", "delivery address", "shipping address")),
        f("notes", aliases=("notas", "notes", "comments", "observaciones")),
        tags_field(Order),
        f("owner", required=False, aliases=("responsable", "owner", "comercial", "sales rep")),
        f("team", filterable=True),
        f(
            "product",
            virtual=True,
            editable=False,
            importable=False,
            label=_("product"),
            kind=Kind.REF,
            to=Product,
            path="product",
            many=with_lines,
        ),
        f("company.city", label=_("city of the company")),
        f("company.country", label=_("country of the company"), kind=Kind.COUNTRY),
        f(
            "was",
            virtual=True,
            editable=False,
            filterable=False,
            kind=Kind.CHOICE,
            choices=tuple(State.choices),
            label=_("state in the other system"),
            aliases=("estado", "status", "order status", "estado del pedido"),
            meanings={
                "received": ("created", "new", "pending", "nuevo", "pendiente", "on hold", "disputed"),
                "confirmed": ("approved", "invoiced", "processing", "in process", "aprobado", "en curso"),
                "shipped": ("sent", "enviado", "in transit"),
                "delivered": ("entregado", "complete", "completed", "resolved"),
                "closed": ("cerrado", "done"),
                "cancelled": ("canceled", "cancelado", "anulado", "unavailable"),
            },
        ),
        _past("confirmed_on", _("confirmed in the other system on"), "order approved at", "fecha de confirmación"),
        _past("shipped_on", _("shipped by the other system on"), "shipped date", "shippeddate", "fecha de envío"),
        _past("delivered_on", _("delivered by the other system on"), "delivered on", "fecha de entrega"),
        _past("receipt_on", _("receipt confirmed in the other system on"), "fecha del acuse"),
        _past("closed_on", _("closed in the other system on"), "fecha de cierre"),
        _past("cancelled_on", _("cancelled in the other system on"), "fecha de cancelación"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("reference", "company", "status", "total", "placed_on", "expected_on", "customer_reference", "owner"),
    quick=("status", "company", "owner", "team", "placed_on"),
    facts=("total", "company", "customer_reference", "placed_on", "expected_on", "owner"),
    sections=(
        Section(
            _("Order"),
            ("company", "person", "opportunity", "customer_reference", "currency", "prices_with_tax", "tags"),
        ),
        Section(_("Delivery"), ("warehouse", "address", "delivery_to", "notes")),
        Section(
            _("Days"),
            ("placed_on", "requested_on", "promised_on", "expected_on", "confirmed_on", "picked_on", "shipped_on",
             "delivered_on", "receipt_on", "closed_on", "cancelled_on", "cancel_reason"),
        ),
        Section(_("Who looks after it"), ("owner",)),
    ),
    grants=Grants(SEE, OWNED.add, OWNED.change, OWNED.delete),
    match=("customer_reference",),
    subtitle="company",
    extra={
        "id_aliases": NUMBERS,
        "fixed": ("reference", "company", "expected_on", "placed_on"),
        "new": _("New order"),
        "logs": True,
        "sum": "value",
        "board": "status",
        "calendar": "expected_on",
        "charts": ("status",),
        "views": ORDER_VIEWS,
        "later": ("opportunity", "currency", "prices_with_tax", "promised_on", "warehouse", "delivery_to", "notes"),
    },
    empty=_("Here you will see what customers ordered, from the draft to the delivery. Write down the first order."),
)  # fmt: skip

LINE = declare(
    OrderLine,
    name="order_line",
    writer=LineWriter,
    url="order-lines",
    icon="packages",
    fields=(
        f("product", aliases=("producto", "product", "artículo", "item", "product name", "nombre del producto")),
        f("quantity", minimum=0, aliases=("cantidad", "quantity", "unidades", "units", "qty", "quantity ordered")),
        f(
            "unit_price",
            kind=Kind.MONEY,
            currency="order__currency",
            minimum=0,
            aliases=("precio", "precio unitario", "price", "unit price", "price each"),
        ),
        f(
            "discount",
            kind=Kind.PERCENT,
            minimum=0,
            maximum=100,
            aliases=("descuento", "dto", "discount", "discount percent"),
        ),
        f("description", aliases=("descripción", "concepto", "description", "line description")),
        f("tax_rate", kind=Kind.PERCENT),
        f("net", kind=Kind.MONEY, currency="order__currency"),
        f("reserved"),
        f("shipped"),
        f("delivered"),
        f("returned"),
        f("cancelled"),
        f("expected_on"),
    ),
    within="order",
    extra={
        "panel": True,
        "lined": Lined(NUMBERS),
        "together": ("order", "product"),
        "repeats": True,
        "targets": amount_of_line,
    },
)
