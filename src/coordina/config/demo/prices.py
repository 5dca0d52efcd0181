"""The price lists of the demo company: one for a group, one for everybody this season, one for a single customer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from coordina.accounts.models import User
from coordina.catalog.enums import Audience
from coordina.catalog.models import MarginFloor, PriceItem, PriceList, PriceListCustomer, Series
from coordina.config.demo import house
from coordina.config.demo.clients import Client
from coordina.config.demo.founding import House
from coordina.config.demo.goods import Good
from coordina.core.types import type_of
from coordina.customers.enums import Relation
from coordina.customers.models import Company, CustomerGroup
from coordina.ledger.change_sets import change_set

GROUPS = {"Mayoristas": 6, "Instaladores": 9}
"""Every so manyeth customer is in the group."""


def write_prices(made: House, customers: Sequence[Client], goods: Sequence[Good], today: date, at: datetime) -> None:
    """Operations puts customers into groups and writes price lists and margin floors."""
    by = made.users[house.COLLEAGUES[3].name]
    series = {s.name: s for s in Series.objects.all()}
    lines = {good.line.code: series[good.line.name] for good in goods}
    groups = _make(CustomerGroup, [{"name": name} for name in GROUPS], by, at)
    trade, season, deal = _make(PriceList, _lists(today), by, at)
    buyers = [c.row for c in customers if isinstance(c.row, Company) and c.row.relation == Relation.CUSTOMER]
    chosen = [(row, {"customer_group": group}) for group, step in zip(groups, GROUPS.values(), strict=True)
              for row in buyers[step - 1 :: step]]  # fmt: skip
    with change_set(by=by, at=at, via="web", action="customers.edit_company"):
        rows = {row.pk: (Company.objects.get(pk=row.pk), values) for row, values in chosen}
        type_of(Company).writer.edit(list(rows.values()), by=by, at=at)
    special: Any = max((good for good in goods if good.line.code == "TAL"), key=lambda good: good.price).row
    _make(
        PriceItem,
        [
            {"price_list": trade, "discount": Decimal(8)},
            {"price_list": trade, "series": lines["TAL"], "discount": Decimal(12)},
            {"price_list": trade, "series": lines["TAL"], "discount": Decimal(18), "minimum": Decimal(40)},
            {"price_list": season, "series": lines["ALB"], "discount": Decimal(5)},
            {"price_list": season, "series": lines["ALB"], "discount": Decimal(10), "minimum": Decimal(50)},
            {"price_list": deal, "product": special, "price": (special.price * Decimal("0.7")).quantize(Decimal(1))},
        ],
        by,
        at,
    )
    named: list[dict[str, Any]] = [
        {"price_list": trade, "group": groups[0]},
        {"price_list": deal, "company": buyers[0]},
    ]
    _make(PriceListCustomer, named, by, at)
    floors: list[dict[str, Any]] = [{"percent": Decimal(25)}, {"series": lines["TAL"], "percent": Decimal(32)}]
    _make(MarginFloor, floors, by, at)


def _lists(today: date) -> list[dict[str, Any]]:
    season = {"valid_from": today - timedelta(days=30), "valid_to": today + timedelta(days=60)}
    return [
        {"name": "Mayoristas", "audience": Audience.NAMED, "currency": house.CURRENCY},
        {"name": "Campaña de oficinas", "audience": Audience.EVERYBODY, "currency": house.CURRENCY, **season},
        {"name": "Acuerdo anual", "audience": Audience.NAMED, "currency": house.CURRENCY},
    ]


def _make(model: Any, rows: list[dict[str, Any]], by: User, at: datetime) -> list[Any]:
    """New records of a type, in a change set of their own."""
    known = type_of(model)
    with change_set(by=by, at=at, via="web", action=f"{model._meta.app_label}.create_{known.name}"):
        made: list[Any] = known.writer.create([known.writer.clean(row) for row in rows], by=by, at=at)
    return made
