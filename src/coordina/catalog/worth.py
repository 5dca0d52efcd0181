"""What a product is worth before any price list: its own price or cost, that of its parent, or the sum of its parts.

Pure: no database, no clock. `catalog.queries` reads the facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from coordina.core.money import HALF_UP, Money, Rates, convert

DEEPEST = 8
"""Bundles deeper than this are not looked into; writers refuse them long before."""


class Source(StrEnum):
    """Where a price or cost comes from."""

    OWN = "own"
    PARENT = "parent"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Goods:
    """What pricing and taxes know of a product.

    Attributes:
        price: List price of one unit without tax; None where none is said.
        cost: What one unit costs the company, without tax.
        parent: The product it is a variant of.
        parts: Products it contains, each with its quantity in one bundle.
    """

    pk: int
    name: str
    parent: int | None = None
    series: int | None = None
    price: Money | None = None
    cost: Money | None = None
    parts: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Worth:
    """A price or a cost with where it comes from."""

    money: Money
    source: Source


def worth_of(
    product: int,
    what: Literal["price", "cost"],
    table: Mapping[int, Goods],
    rates: Rates,
    day: date,
    depth: int = 0,
) -> Worth | None:
    """The price or cost of one unit, without tax.

    Its own; else that of the product it is a variant of; else the sum of its parts, each times its quantity. The sum
    is in the currency of the first part; parts in other currencies are converted at the rates of the day and the sum
    is rounded half up to the units of the currency.

    Args:
        product: Whose.
        table: Facts of it, its parent and everything inside, by id.
        rates: For parts in several currencies.
        day: Whose rates count.

    Returns:
        None where nobody has said it, or one of the parts has none.

    Raises:
        Refusal: `no_rate`, a part cannot be converted.
    """
    known = table.get(product)
    if known is None or depth > DEEPEST:
        return None
    own = known.price if what == "price" else known.cost
    if own is not None:
        return Worth(own, Source.OWN)
    if known.parent is not None:
        above = worth_of(known.parent, what, table, rates, day, depth + 1)
        if above is not None:
            return Worth(above.money, Source.PARENT)
    if not known.parts:
        return None
    found = [(worth_of(part, what, table, rates, day, depth + 1), quantity) for part, quantity in known.parts]
    whole: Money | None = None
    for worth, quantity in found:
        if worth is None:
            return None
        share = worth.money * quantity
        whole = share if whole is None else whole + convert(share, whole.currency, rates, day)
    assert whole is not None, "a bundle has parts"
    return Worth(whole.rounded(HALF_UP), Source.PARTS)


def margin_of(price: Money, cost: Money) -> Decimal | None:
    """What is left of a price after the cost, in per cent of the price, exact.

    Args:
        price: Of one unit, without tax.
        cost: Of one unit, without tax, in the same currency.

    Returns:
        60 for a price of 100 that costs 40; below zero where one sells below cost; None for a price of nothing.

    Raises:
        CurrencyMismatch: The two are of different currencies: convert one first.
    """
    left = price - cost
    if not price:
        return None
    return left.amount * 100 / price.amount
