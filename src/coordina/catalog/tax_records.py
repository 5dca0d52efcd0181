"""How tax classes, regimes and rates present themselves."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordina.catalog.called import classes_called
from coordina.catalog.models import TaxClass, TaxRate, TaxRegime
from coordina.catalog.tax_writers import TaxClassWriter, TaxRateWriter, TaxRegimeWriter
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f

TAX_CLASS = declare(
    TaxClass,
    name="tax_class",
    url="tax-classes",
    icon="percentage",
    writer=TaxClassWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=("clase de impuesto", "tax class", "tipo de iva")),
        f("usual", help=_("That of products that name none."), aliases=("habitual", "usual", "default")),
    ),
    columns=("name", "usual"),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    extra={"called": classes_called},
    empty=_("Tax classes say what a product is for taxes: general, reduced, exempt. Add the first one."),
)

TAX_REGIME = declare(
    TaxRegime,
    name="tax_regime",
    url="tax-regimes",
    icon="world",
    writer=TaxRegimeWriter,
    fields=(
        f("name", sortable=True, searchable=True, aliases=("régimen", "territorio", "tax regime", "territory")),
        f("country", kind=Kind.COUNTRY, aliases=("país", "country")),
        f(
            "postal_codes",
            placeholder="35, 38",
            help=_("Where the territory is a part of the country. Empty: the rest of the country."),
        ),
        f("tax", placeholder="IVA", aliases=("impuesto", "tax")),
        f("surcharge", placeholder="Recargo de equivalencia"),
        f("ours", help=_("Taxes follow from where one sells: one regime is yours.")),
        f("rounding", help=_("Where invoices round tax, half up.")),
    ),
    columns=("name", "country", "postal_codes", "tax", "ours"),
    facts=("country", "postal_codes", "tax", "ours", "rounding"),
    sections=(Section(_("Tax regime"), ("name", "country", "postal_codes", "tax", "surcharge", "ours", "rounding")),),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("A tax regime is a territory with its tax and rates. Add the one from which you sell."),
)

TAX_RATE = declare(
    TaxRate,
    name="tax_rate",
    url="tax-rates",
    icon="percentage",
    writer=TaxRateWriter,
    fields=(
        f("tax_class"),
        f("percent", label=pgettext_lazy("tax", "rate"), kind=Kind.PERCENT, minimum=0, maximum=100),
        f("surcharge", kind=Kind.PERCENT, minimum=0, maximum=100, required=False),
        f("since", help=_("First day. Empty: for ever before.")),
        f("law"),
    ),
    columns=("tax_class", "percent", "surcharge", "since", "law"),
    within="regime",
    importable=False,
    extra={"sorted": ("tax_class__name", "since")},
)
