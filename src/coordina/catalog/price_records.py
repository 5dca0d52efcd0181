"""How price lists and margin floors present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.catalog.actions import SEE_COST
from coordina.catalog.models import MarginFloor, PriceItem, PriceList, PriceListCustomer
from coordina.catalog.price_writers import FloorWriter, PriceItemWriter, PriceListCustomerWriter, PriceListWriter
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, PERMISSIONS, Grants
from coordina.core.types import Kind, Section, f
from coordina.records.importing.lined import Lined

PRICE_LIST = declare(
    PriceList,
    name="price_list",
    url="price-lists",
    icon="receipt-euro",
    writer=PriceListWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=("tarifa", "lista de precios", "price list", "price book")),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa")),
        f("audience", help=_("Named ones are added on the list's page."), aliases=("para quién", "for whom")),
        f(
            "with_tax",
            help=_("Whether its prices contain the customer's tax. Discounts are off the price without tax."),
            aliases=("con impuestos", "iva incluido", "with tax", "tax included"),
        ),
        f("valid_from", sortable=True, aliases=("válida desde", "desde", "valid from", "start date")),
        f("valid_to", sortable=True, aliases=("válida hasta", "hasta", "valid to", "end date")),
        f("active", aliases=("en uso", "activa", "active")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "currency", "audience", "with_tax", "valid_from", "valid_to", "active"),
    quick=("active", "currency", "audience"),
    facts=("currency", "audience", "with_tax", "valid_from", "valid_to", "active"),
    sections=(
        Section(_("Price list"), ("name", "currency", "audience", "with_tax", "valid_from", "valid_to", "active")),
    ),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("Price lists say what products cost for whom, and from which quantity on. Add the first one."),
)

PRICE_ITEM = declare(
    PriceItem,
    name="price_item",
    url="prices",
    icon="cash",
    writer=PriceItemWriter,
    fields=(
        f(
            "product",
            help=_("A product or a series; neither for every product."),
            aliases=("producto", "product", "artículo", "item", "product name", "nombre del producto"),
        ),
        f("series", aliases=("serie", "familia", "series", "product family", "categoría", "category")),
        f(
            "minimum",
            minimum=0,
            required=False,
            aliases=("desde", "desde cantidad", "cantidad", "cantidad mínima", "from quantity", "quantity", "min qty"),
        ),
        f(
            "price",
            kind=Kind.MONEY,
            currency="price_list__currency",
            minimum=0,
            aliases=("precio", "price", "precio unitario", "unit price", "pvp", "importe"),
        ),
        f(
            "discount",
            kind=Kind.PERCENT,
            minimum=0,
            maximum=100,
            help=_("Off the product's own price."),
            aliases=("descuento", "dto", "discount", "% dto"),
        ),
    ),
    columns=("product", "series", "minimum", "price", "discount"),
    within="price_list",
    extra={
        "sorted": ("series__name", "product__name", "minimum"),
        "lined": Lined(("tarifa", "lista de precios", "price list", "price book", "nombre de la tarifa"), named=True),
        "together": ("price_list", "product", "series", "minimum"),
    },
)

PRICE_LIST_CUSTOMER = declare(
    PriceListCustomer,
    name="price_list_customer",
    url="price-list-customers",
    icon="building-store",
    writer=PriceListCustomerWriter,
    fields=(f("group"), f("company")),
    columns=("group", "company"),
    within="price_list",
    importable=False,
)

MARGIN_FLOOR = declare(
    MarginFloor,
    name="margin_floor",
    url="margin-floors",
    icon="trending-down",
    writer=FloorWriter,
    fields=(
        f("series", help=_("Empty: every product whose series has none."), aliases=("serie", "familia", "series")),
        f("percent", kind=Kind.PERCENT, sortable=True, aliases=("margen mínimo", "minimum margin")),
    ),
    columns=("series", "percent"),
    order="percent",
    grants=Grants(PERMISSIONS[SEE_COST].defaults, *(GRANTS["setting"].of(v) for v in ("add", "change", "delete"))),
    setting=True,
    match=("series",),
    empty=_("A margin floor says below which margin a price needs a second look. Add the first one."),
)
