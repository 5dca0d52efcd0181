"""What the demo company sells, with units and costs: its series, a service, a bundle, and a product in colours."""

from decimal import Decimal
from typing import Any

from coordina.catalog.actions import make_variants
from coordina.catalog.defaults import usual_units
from coordina.catalog.models import BundlePart, Product, ProductOption, Series, Unit
from coordina.config.demo import house
from coordina.config.demo.goods import LINES, Good

COSTS = {"FAR": 62, "TAL": 55, "ALB": 48, "NOR": 58, "SEN": 64}
"""What a product of each series costs, in per cent of its list price."""
COLOURS = "Blanco, Negro, Grafito"


def write_catalogue(goods: list[Good], write: Any) -> None:
    """Make the products of the founding day."""
    with write.doing("catalog.create_unit"):
        usual_units(house.LANGUAGE)
    units: dict[str, Unit] = {unit.symbol: unit for unit in Unit.objects.all()}
    series = {s.name: s for s in write.make(Series, [{"name": line.name} for line in LINES])}
    rows = [
        {
            "name": good.name,
            "code": good.code,
            "series": series[good.line.name],
            "unit": units["ud"],
            "price": good.price,
            "currency": house.CURRENCY,
            "cost": (good.price * COSTS[good.line.code] / 100).quantize(Decimal("0.01")),
            "description": good.line.about,
        }
        for good in goods
    ]
    for good, row in zip(goods, write.make(Product, rows), strict=True):
        good.row = row
    _around(goods, series, units, write)


def _around(goods: list[Good], series: dict[str, Series], units: dict[str, Unit], write: Any) -> None:
    """A service by the hour, a column in colours, and a bundle of the three."""
    lines = {line.code: line for line in LINES}
    paths = series[lines["SEN"].name]
    work, column, kit = write.make(
        Product,
        [
            {"name": "Montaje en obra", "code": "SER-MON", "nature": "service", "unit": units["h"],
             "price": Decimal("48.00"), "cost": Decimal("29.50"), "description": "Dos personas con plataforma."},
            {"name": "Columna Senda 4 m", "code": "SEN-COL", "series": paths, "unit": units["ud"],
             "price": Decimal("310.00"), "cost": Decimal("188.00"), "description": "Columna de acero galvanizado."},
            {"name": "Lote Camino 25 m", "code": "SEN-LOT", "series": paths, "unit": units["ud"],
             "description": "Dos farolas con sus columnas y el montaje."},
        ],
    )  # fmt: skip
    write.make(ProductOption, [{"product": column, "name": "Color", "choices": COLOURS}])
    with write.doing("catalog.make_variants"):
        make_variants(product=column, by=write.by, at=write.at)
    lamp = next(good.row for good in goods if good.line is lines["SEN"])
    parts = ((lamp, 2), (column, 2), (work, Decimal("6.5")))
    write.make(BundlePart, [{"product": kit, "part": part, "quantity": Decimal(many)} for part, many in parts])
