"""What a product costs a customer: which price list and line decide, and why.

Pure: facts in, a price with its reason out. `catalog.queries` reads the facts.

Order of precedence:

1. Only lists count that are in use, in the wanted currency, valid on the day and for the customer, and only those of
   their lines that are about the product and whose quantity is reached.
2. A list that names the company comes before one that names its group, that before one for everybody.
3. Then the line that says most: the product itself, the product it is a variant of, its series, everything.
4. Then the line with the highest quantity that was reached, within each list.
5. Of what is equal so far the lowest price, a price without tax before one with tax; at last the older line.

Where no list says anything, the list price of the product holds, converted at the rate of the day if it is in another
currency; the answer says so. Nothing else is ever converted silently: a discount off a list price in another currency
says so too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from coordina.catalog.worth import Goods, Source, worth_of
from coordina.core.money import HALF_UP, Money, Rates, convert
from coordina.core.refusals import Refusal


class Tier(IntEnum):
    """For whom a list is, the most particular first."""

    COMPANY = 0
    GROUP = 1
    EVERYBODY = 2


class About(IntEnum):
    """What a line is about, the most particular first."""

    PRODUCT = 0
    PARENT = 1
    SERIES = 2
    EVERYTHING = 3


class How(StrEnum):
    """Where a price comes from."""

    FIXED = "fixed"
    DISCOUNT = "discount"
    BASE = "base"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a price list.

    Attributes:
        minimum: First quantity it counts for.
        price: Of one unit, in the list's currency; or `discount`, in per cent off the list price.
    """

    pk: int
    product: int | None
    series: int | None
    minimum: Decimal
    price: Decimal | None
    discount: Decimal | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A price list with those of its lines that may matter."""

    pk: int
    name: str
    currency: str
    with_tax: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    everybody: bool = True
    groups: frozenset[int] = frozenset()
    companies: frozenset[int] = frozenset()
    lines: tuple[Line, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on a day; its first and last day count."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, as far as prices ask: ids of the company and of its group; none for somebody unknown."""

    company: int | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that prices of some products are made of, read once."""

    goods: Mapping[int, Goods]
    lists: tuple[Listed, ...]
    rates: Rates


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs, and why.

    Attributes:
        money: None where nobody has said a price, or where it cannot be converted (`refused` says why).
        with_tax: Whether it contains the customer's tax.
        how: Fixed in a list, a discount off the list price, or the list price itself.
        listed, line: The price list and its line that decided; None for the list price.
        base: The list price in its own currency, where one was looked at; `source` says where it comes from.
        converted: What the list price is in the wanted currency, where it had to be converted.
    """

    product: int
    quantity: Decimal
    day: date
    money: Money | None
    how: How
    with_tax: bool = False
    tier: Tier | None = None
    about: About | None = None
    listed: Listed | None = None
    line: Line | None = None
    base: Money | None = None
    source: Source | None = None
    converted: Money | None = None
    refused: Refusal | None = field(default=None, compare=False)


def price_of(product: int, quantity: Decimal, customer: Customer, currency: str, day: date, book: Book) -> Price:
    """What one unit of a product costs a customer who takes this many of it on a day.

    The order of precedence is that of this module's docstring. Prices are rounded half up to the units of the currency.

    Args:
        product: Its id.
        quantity: In the product's unit, above zero.
        customer: Who buys; `Customer()` for somebody unknown, whom only lists for everybody concern.
        currency: ISO code of the currency wanted.
        day: Day of the sale: validity and rates are those of it.
        book: Facts of the product and the lists.

    Returns:
        The price of one unit with the list, the line and the reason; without money where there is none.
    """
    found = [
        (listed, tier, candidate)
        for listed in book.lists
        if listed.currency == currency and listed.holds_on(day) and (tier := tier_of(listed, customer)) is not None
        for candidate in _best_lines(listed, product, quantity, book.goods)
    ]
    if found:
        first = min((tier, about) for _listed, tier, (about, _line) in found)
        equals = [
            _priced(product, quantity, currency, day, book, listed, tier, about, line)
            for listed, tier, (about, line) in found
            if (tier, about) == first
        ]
        priced = [price for price in equals if price.money is not None]
        if priced:
            return min(priced, key=_worse)
        return equals[0]
    return _base_price(product, quantity, currency, day, book)


def tier_of(listed: Listed, customer: Customer) -> Tier | None:
    """For whom a list is, seen from a customer; None where it is not for them."""
    if customer.company is not None and customer.company in listed.companies:
        return Tier.COMPANY
    if customer.group is not None and customer.group in listed.groups:
        return Tier.GROUP
    return Tier.EVERYBODY if listed.everybody else None


def about_of(line: Line, product: int, goods: Mapping[int, Goods]) -> About | None:
    """What a line says of a product: nothing (None), or how particular it is. A variant is of its product's series."""
    known = goods.get(product)
    parent = goods.get(known.parent) if known is not None and known.parent is not None else None
    if line.product is not None:
        if line.product == product:
            return About.PRODUCT
        return About.PARENT if parent is not None and line.product == parent.pk else None
    if line.series is None:
        return About.EVERYTHING
    of = known.series if known is not None else None
    if of is None and parent is not None:
        of = parent.series
    return About.SERIES if line.series == of else None


def _best_lines(
    listed: Listed, product: int, quantity: Decimal, goods: Mapping[int, Goods]
) -> list[tuple[About, Line]]:
    """The lines of one list that say most of a product, with the highest quantity that was reached."""
    reached = [
        (about, line)
        for line in listed.lines
        if line.minimum <= quantity and (about := about_of(line, product, goods)) is not None
    ]
    if not reached:
        return []
    first = min(about for about, _line in reached)
    most = max(line.minimum for about, line in reached if about == first)
    return [(about, line) for about, line in reached if about == first and line.minimum == most]


def _priced(
    product: int,
    quantity: Decimal,
    currency: str,
    day: date,
    book: Book,
    listed: Listed,
    tier: Tier,
    about: About,
    line: Line,
) -> Price:
    """The price that one line makes."""
    if line.price is not None:
        money = Money(line.price, currency).rounded(HALF_UP)
        fixed = Price(product, quantity, day, money, How.FIXED, with_tax=listed.with_tax)
        return replace(fixed, tier=tier, about=about, listed=listed, line=line)
    base = _base_price(product, quantity, currency, day, book)
    money_off = None
    if base.money is not None:
        off = base.money.percent(line.discount or Decimal(0))
        money_off = (base.money - off).rounded(HALF_UP)
    return replace(
        base, money=money_off, how=How.DISCOUNT, with_tax=False, tier=tier, about=about, listed=listed, line=line
    )


def _base_price(product: int, quantity: Decimal, currency: str, day: date, book: Book) -> Price:
    """The list price, converted where it has to be."""
    try:
        worth = worth_of(product, "price", book.goods, book.rates, day)
        if worth is None:
            return Price(product, quantity, day, None, How.NOTHING)
        money = convert(worth.money, currency, book.rates, day)
    except Refusal as refusal:
        return Price(product, quantity, day, None, How.NOTHING, refused=refusal)
    converted = money if worth.money.currency != currency else None
    return Price(product, quantity, day, money, How.BASE, base=worth.money, source=worth.source, converted=converted)


def _worse(price: Price) -> tuple[bool, Decimal, int]:
    """How prices of equal rank are put in order: the first one is taken."""
    assert price.money is not None
    assert price.line is not None
    return price.with_tax, price.money.amount, price.line.pk


def below_floor(margin: Decimal | None, floor: Decimal | None) -> bool:
    """Whether a margin is below the floor; nothing is below a floor that nobody has set, or without a known margin.

    Args:
        margin: Per cent of the price, as `worth.margin_of` gives it.
        floor: Per cent.
    """
    return margin is not None and floor is not None and margin < floor
