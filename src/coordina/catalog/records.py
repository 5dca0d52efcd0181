"""How products, series, units, options and parts present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.catalog.actions import SEE_COST
from coordina.catalog.brought import PRODUCT_VIEWS
from coordina.catalog.called import units_called
from coordina.catalog.models import BundlePart, Product, ProductOption, Series, Unit
from coordina.catalog.part_writers import BundlePartWriter, OptionWriter, UnitWriter
from coordina.catalog.writers import ProductWriter
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.records.tags import tags_field

SKUS = (
    "sku", "código de producto", "código del producto", "código de artículo", "código del artículo", "product code",
    "product sku", "item code", "item number", "part number", "product number", "ref producto",
    "referencia del producto",
)  # fmt: skip
"""How files call the code of a product that they refer to."""

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

UNIT = declare(
    Unit,
    url="units",
    icon="ruler-2",
    writer=UnitWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=("unidad", "unidad de medida", "unit", "uom")),
        f("symbol", aliases=("símbolo", "symbol", "abreviatura")),
        f(
            "decimals",
            minimum=0,
            maximum=3,
            help=_("0 for what is counted in whole numbers."),
            aliases=("decimales", "decimals", "decimal places"),
        ),
    ),
    columns=("name", "symbol", "decimals"),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    extra={"called": units_called},
    empty=_("Units say what a quantity counts: pieces, kilograms, hours. Add the first one."),
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
        f("nature", aliases=("naturaleza", "bien o servicio", "goods or service", "nature")),
        f(
            "unit",
            aliases=("unidad", "unidad de medida", "unit", "uom", "unit of measure", "unidad de venta", "ud"),
        ),
        f(
            "tax_class",
            help=_("Empty: the usual one."),
            aliases=("tipo de iva", "iva", "impuesto", "clase de impuesto", "tax class", "vat rate", "tax code", "tax"),
        ),
        f(
            "price",
            kind=Kind.MONEY,
            currency="currency",
            sortable=True,
            minimum=0,
            help=_("Without tax. Empty: that of the product of a variant, the sum of the parts of a bundle."),
            aliases=(
                "precio", "sales price", "tarifa", "unit price", "list price", "precio de venta", "pvp",
                "precio unitario", "precio de lista", "standard price", "precio sin iva", "price without tax", "msrp",
            ),
        ),
        f("currency", kind=Kind.CURRENCY, aliases=("moneda", "currency", "divisa", "price currency")),
        f(
            "cost",
            kind=Kind.MONEY,
            currency="cost_currency",
            sortable=True,
            minimum=0,
            permission=SEE_COST,
            help=_("What one unit costs you, without tax. Empty as for the price."),
            aliases=(
                "coste", "costo", "cost", "precio de coste", "precio de costo", "cost price", "unit cost",
                "precio de compra", "purchase price", "coste unitario", "standard cost", "buy price",
            ),
        ),
        f(
            "cost_currency",
            kind=Kind.CURRENCY,
            permission=SEE_COST,
            aliases=("moneda del coste", "cost currency", "moneda de compra"),
        ),
        f(
            "parent",
            aliases=("variante de", "producto padre", "variant of", "parent product", "parent sku", "modelo"),
        ),
        f("variant", aliases=("variante", "variant", "opción", "option", "color talla", "presentación")),
        f("active", aliases=("activo", "en venta", "active", "product active", "on sale")),
        tags_field(Product),
        f("description", aliases=("descripción", "product description", "detalle", "details")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "code", "series", "unit", "price", "active"),
    quick=("series", "active"),
    facts=("code", "series", "unit", "price", "cost", "active"),
    sections=(
        Section(_("Product"), ("name", "code", "nature", "series", "unit", "tags", "description")),
        Section(_("Price"), ("price", "currency", "tax_class", "cost", "cost_currency", "active")),
        Section(_("Variant"), ("parent", "variant")),
    ),
    order="name",
    grants=GRANTS["catalog"],
    match=("code", "name"),
    subtitle="code",
    extra={
        "views": PRODUCT_VIEWS,
        "codes": {"code": SKUS},
        "later": ("nature", "tax_class", "cost_currency", "parent", "variant", "description"),
    },
    empty=_("Here you will see what you sell. Import your products or create the first one."),
)  # fmt: skip

OPTION = declare(
    ProductOption,
    name="product_option",
    url="product-options",
    icon="palette",
    writer=OptionWriter,
    fields=(
        f("name", placeholder=_("Colour")),
        f("choices", placeholder=_("Red, Blue, Green"), help=_("With commas between.")),
    ),
    columns=("name", "choices"),
    within="product",
    importable=False,
)

BUNDLE_PART = declare(
    BundlePart,
    name="bundle_part",
    url="bundle-parts",
    icon="packages",
    writer=BundlePartWriter,
    fields=(f("part"), f("quantity", minimum=0)),
    columns=("part", "quantity"),
    within="product",
    importable=False,
)
