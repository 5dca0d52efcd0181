"""How products and series present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.catalog.brought import PRODUCT_VIEWS
from coordina.catalog.models import Product, Series
from coordina.catalog.writers import ProductWriter
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.records.tags import tags_field

SERIES = declare(
    Series,
    url="series",
    icon="stack-2",
    fields=(f("name", sortable=True, searchable=True, aliases=("serie", "familia", "series", "product family")),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("Series group your products. Add the first one."),
)

PRODUCT = declare(
    Product,
    url="products",
    icon="package",
    writer=ProductWriter,
    fields=(
        f(
            "name",
            sortable=True,
            searchable=True,
            aliases=(
                "producto", "product", "artículo", "nombre", "product name", "nombre del producto", "item", "servicio",
            ),
        ),
        f(
            "code",
            searchable=True,
            aliases=(
                "código", "sku", "referencia", "product code", "código de producto", "part number", "item code", "ref",
            ),
        ),
        f(
            "series",
            aliases=("serie", "familia", "family", "category", "product family", "categoría", "product category"),
        ),
        f(
            "price",
            kind=Kind.MONEY,
            currency="currency",
            sortable=True,
            minimum=0,
            help=_("List price without tax."),
            aliases=(
                "precio", "sales price", "tarifa", "unit price", "list price", "precio de venta", "pvp",
                "precio unitario", "precio de lista", "standard price",
            ),
        ),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa", "price currency")),
        f("active", aliases=("activo", "en venta", "active", "product active", "on sale")),
        tags_field(Product),
        f("description", aliases=("descripción", "product description", "detalle", "details")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "code", "series", "price", "active"),
    quick=("series", "active"),
    facts=("code", "series", "price", "active"),
    sections=(
        Section(_("Product"), ("name", "code", "series", "tags", "description")),
        Section(_("Price"), ("price", "currency", "active")),
    ),
    order="name",
    grants=GRANTS["catalog"],
    match=("code", "name"),
    subtitle="code",
    extra={"views": PRODUCT_VIEWS},
    empty=_("Here you will see what you sell. Import your products or create the first one."),
)  # fmt: skip
