"""Products with their series, units, options and parts; price lists; margin floors; taxes."""

from coordina.catalog.models.parts import BundlePart, ProductOption
from coordina.catalog.models.price_list import MarginFloor, PriceItem, PriceList, PriceListCustomer
from coordina.catalog.models.product import Product, Series, Unit
from coordina.catalog.models.taxes import TaxClass, TaxRate, TaxRegime

__all__ = [
    "BundlePart",
    "MarginFloor",
    "PriceItem",
    "PriceList",
    "PriceListCustomer",
    "Product",
    "ProductOption",
    "Series",
    "TaxClass",
    "TaxRate",
    "TaxRegime",
    "Unit",
]
