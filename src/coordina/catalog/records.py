"""How products and series present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product, Series
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, f

SERIES = declare(
    Series,
    url="series",
    icon="packages",
    fields=(f("name", sortable=True, searchable=True, aliases=("serie", "familia", "series")),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
)

PRODUCT = declare(
    Product,
    url="products",
    icon="packages",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("producto", "product", "artículo", "nombre")),
        f("code", searchable=True, aliases=("código", "sku", "referencia", "product code")),
        f("series", aliases=("serie", "familia", "family", "category")),
        f(
            "price",
            kind=Kind.MONEY,
            currency="currency",
            sortable=True,
            minimum=0,
            aliases=("precio", "sales price", "tarifa"),
        ),
        f("currency", aliases=("moneda",)),
        f("active", aliases=("activo", "en venta")),
        f("description", aliases=("descripción",)),
    ),
    columns=("name", "code", "series", "price", "active"),
    quick=("series", "active"),
    order="name",
    grants=GRANTS["catalog"],
    match=("code", "name"),
    empty=_("Here you will see what you sell. Import your products or create the first one."),
)
