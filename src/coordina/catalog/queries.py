"""Reads of products that several pages, and rooms above, share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from coordina.accounts.rates import dated_rates, reporting_currency
from coordina.catalog.enums import Audience
from coordina.catalog.models import BundlePart, MarginFloor, PriceItem, PriceList, PriceListCustomer, Product
from coordina.catalog.pricing import Book, Customer, Line, Listed, Price, price_of
from coordina.catalog.worth import DEEPEST, Goods
from coordina.core.money import DatedRates, Money
from coordina.customers.models import Company

_COLUMNS = ("pk", "name", "parent_id", "series_id", "price", "currency", "cost", "cost_currency")


def goods_of(products: Iterable[int], reporting: str) -> dict[int, Goods]:
    """What pricing knows of some products, with that of their parents and of everything inside them.

    Read for the company, not for a person: prices are made of it, and what of them is shown is asked of the reader's
    sight by the page.

    Args:
        products: Their ids.
        reporting: The currency of amounts that name none.
    """
    rows: dict[int, dict[str, Any]] = {}
    parts: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    wanted = set(products)
    for _level in range(DEEPEST):
        if not wanted:
            break
        rows |= {row["pk"]: row for row in Product.objects.filter(pk__in=wanted).values(*_COLUMNS)}
        nearby = {rows[pk]["parent_id"] for pk in wanted if pk in rows and rows[pk]["parent_id"]}
        inside = BundlePart.objects.filter(product__in=wanted).order_by("pk")
        for bundle, part, quantity in inside.values_list("product_id", "part_id", "quantity"):
            parts[bundle].append((part, quantity))
            nearby.add(part)
        wanted = nearby - rows.keys()
    return {pk: _goods(row, tuple(parts[pk]), reporting) for pk, row in rows.items()}


def _goods(row: dict[str, Any], parts: tuple[tuple[int, Decimal], ...], reporting: str) -> Goods:
    def money(amount: Decimal | None, currency: str) -> Money | None:
        return Money(amount, currency or reporting) if amount is not None else None

    return Goods(
        row["pk"],
        row["name"],
        row["parent_id"],
        row["series_id"],
        money(row["price"], row["currency"]),
        money(row["cost"], row["cost_currency"] or row["currency"]),
        parts,
    )


def rates_for(goods: Iterable[Goods], *currencies: str) -> DatedRates:
    """The rates of the currencies that some products are priced and bought in, and of further ones."""
    amounts = [money for each in goods for money in (each.price, each.cost) if money is not None]
    return dated_rates({money.currency for money in amounts} | set(currencies))


def book_of(products: Iterable[int], customer: Customer, *currencies: str) -> Book:
    """Everything that prices of some products are made of, for one customer, in about eight queries.

    Read for the company, not for a person: see `goods_of`.

    Args:
        products: Their ids.
        customer: Who buys; lists that are for others are not read.
        currencies: In which prices will be asked for.
    """
    goods = goods_of(products, reporting_currency())
    lists = lists_for(customer, currencies)
    lines = _lines_of(set(goods), {each.series for each in goods.values() if each.series is not None}, lists)
    whole = tuple(replace(listed, lines=tuple(lines[pk])) for pk, listed in lists.items() if lines[pk])
    return Book(goods, whole, rates_for(goods.values(), *currencies))


def customer_of(company: Company | None) -> Customer:
    """A company as prices see it."""
    return Customer(company.pk, company.customer_group_id) if company is not None else Customer()


def lists_for(customer: Customer, currencies: Iterable[str] = ()) -> dict[int, Listed]:
    """The price lists in use that concern a customer, by id, without their lines.

    Args:
        customer: Who buys.
        currencies: In which the lists are; none for all.
    """
    currencies = tuple(currencies)
    named = PriceListCustomer.objects.filter(Q(company=customer.company or 0) | Q(group=customer.group or 0))
    who: dict[int, list[tuple[int | None, int | None]]] = defaultdict(list)
    for pk, company, group in named.values_list("price_list_id", "company_id", "group_id"):
        who[pk].append((company, group))
    rows = PriceList.objects.filter(Q(audience=Audience.EVERYBODY) | Q(pk__in=who), active=True).order_by("pk")
    wanted = rows.filter(currency__in=currencies) if currencies else rows
    columns = ("pk", "name", "currency", "with_tax", "valid_from", "valid_to", "audience")
    return {
        pk: Listed(
            pk,
            name,
            currency,
            with_tax,
            first,
            last,
            audience == Audience.EVERYBODY,
            frozenset(group for _company, group in who[pk] if group is not None),
            frozenset(company for company, _group in who[pk] if company is not None),
        )
        for pk, name, currency, with_tax, first, last, audience in wanted.values_list(*columns)
    }


def _lines_of(products: set[int], series: set[int], lists: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of some lists that may be about some products, by list."""
    found: dict[int, list[Line]] = defaultdict(list)
    about = Q(product__in=products) | Q(series__in=series) | Q(product=None, series=None)
    rows = PriceItem.objects.filter(about, price_list__in=tuple(lists)).order_by("pk")
    columns = ("price_list_id", "pk", "product_id", "series_id", "minimum", "price", "discount")
    for listed, *line in rows.values_list(*columns):
        found[listed].append(Line(*line))
    return found


def ask_price(
    product: Product, quantity: Decimal, company: Company | None, currency: str, day: date
) -> tuple[Price, Book]:
    """What one unit of a product costs a company, with the book it was read from.

    For many lines read one `book_of` them all and ask `pricing.price_of` for each.
    """
    customer = customer_of(company)
    book = book_of([product.pk], customer, currency)
    return price_of(product.pk, quantity, customer, currency, day, book), book


def floors() -> dict[int | None, Decimal]:
    """Margin floors in per cent, by series; under None that of every other product."""
    return dict(MarginFloor.objects.values_list("series_id", "percent"))


def floor_of(product: Goods, known: Mapping[int | None, Decimal], table: Mapping[int, Goods]) -> Decimal | None:
    """The margin floor of a product: that of its series, else that of every product; None where there is none."""
    series = product.series
    if series is None and product.parent is not None and product.parent in table:
        series = table[product.parent].series
    found = known.get(series) if series is not None else None
    return found if found is not None else known.get(None)
