"""What products show on pages."""

from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import PriceList, Product
from coordina.catalog.views import panels
from coordina.core.panels import PANELS, Panel

SEE = Product.view_permission()
LISTS = PriceList.view_permission()

for _name, _panel in {
    "product-worth": Panel("product.side", _("Price and margin"), SEE, "catalog/worth.html", panels.worth_panel, 10),
    "product-variants": Panel("product.side", _("Variants"), SEE, "catalog/variants.html", panels.variants_panel, 20),
    "product-prices": Panel("product.side", _("In price lists"), LISTS, "catalog/prices.html", panels.prices_panel, 15),
    "company-lists": Panel("company.side", _("Price lists"), LISTS, "catalog/lists.html", panels.lists_panel, 25),
}.items():
    PANELS.add(_name, _panel)
