"""Adding up what is sold: net amounts, discounts, taxes by rate, total. Exact, in one currency, without database or
clock.

Amounts are rounded half up to the units of the currency, as invoices are. A line's amount (quantity × price −
discount) is rounded once, because it is printed; nothing else is rounded but tax. How tax is rounded is a choice:

- **per rate** (`Rounding.PER_RATE`): the amounts of one rate are added up and taxed together. This is the default:
  a Spanish invoice states the taxable base and the tax charged for each rate (Real Decreto 1619/2012, art. 6.1.f, g
  and h), and rounding once for each leaves at most half a cent a rate.
- **per line** (`Rounding.PER_LINE`): each line's tax is rounded and the rounded taxes are added up, as shops do.
  Union law does not say where to round and leaves it to the member states (Court of Justice, C-484/06, Ahold).

Prices that contain tax give back exactly what was asked: base and tax of such lines add up to their gross amount to
the cent, so 121 with 21 % is 100 and 21, and 9.99 is 8.26 and 1.73, whatever else is in the basket.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from coordina.core.money import HALF_UP, minor_units, rounded
from coordina.core.refusals import Refusal

_EXACT = Context(prec=60)
ZERO = Decimal(0)


class Rounding(StrEnum):
    """Where tax is rounded."""

    PER_RATE = "rate"
    PER_LINE = "line"


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One tax on a line: IVA at 21 %, the surcharge on it at 5.2 %.

    Attributes:
        name: As it stands on the invoice.
        percent: Of the base.
        surcharge: Whether it comes on top of another tax, on the same base.
    """

    name: str
    percent: Decimal
    surcharge: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """A line to be added up.

    Attributes:
        quantity: Below zero for what is given back.
        unit_price: Of one unit, in the currency below, with or without tax.
        discount: Off the line, in per cent, 0 to 100.
        taxes: The taxes on it; none where it is exempt or not subject.
        with_tax: Whether `unit_price` contains them.
    """

    quantity: Decimal
    unit_price: Decimal
    currency: str
    taxes: tuple[TaxShare, ...] = ()
    discount: Decimal = ZERO
    with_tax: bool = False


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A line added up.

    Attributes:
        gross: Quantity × price, rounded; with tax where the price contains it.
        discount: What the discount takes off that.
        amount: Gross less discount: what the line costs, with tax where the price contains it.
        net: Its share of the base, without tax; the shares of all lines add up to the net of the whole.
        tax: Its share of the tax; those of all lines add up to the tax of the whole.
    """

    gross: Decimal
    discount: Decimal
    amount: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What is taxed at one rate: base and tax."""

    share: TaxShare
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """A basket added up; every amount in `currency`, rounded to its units.

    Attributes:
        discount: What all discounts take off, of prices as they are (with tax where they contain it).
        untaxed: The part of the net on which there is no tax at all.
    """

    currency: str
    lines: tuple[LineTotal, ...]
    rates: tuple[RateTotal, ...]
    net: Decimal
    discount: Decimal
    untaxed: Decimal
    tax: Decimal
    total: Decimal


type _Key = tuple[tuple[TaxShare, ...], bool]


def totals(lines: Sequence[Sold], currency: str, rounding: Rounding = Rounding.PER_RATE) -> Totals:
    """Add up what is sold.

    Args:
        lines: What is sold; nothing at all adds up to zero.
        currency: ISO code: the currency of every line.
        rounding: Where tax is rounded.

    Returns:
        Lines in their order, rates from the highest down with surcharges behind their tax, and the sums. Net plus tax
        is the total to the cent, and so is what the lines and the rates add up to.

    Raises:
        Refusal: `currency`, a line is in another currency; `discount`, one is not between 0 and 100 %.
        ValueError: `currency` is none.
    """
    places = minor_units(currency)
    amounts = [_amounts(line, currency, places) for line in lines]
    groups: dict[_Key, list[int]] = {}
    for index, line in enumerate(lines):
        groups.setdefault((line.taxes, line.with_tax and bool(line.taxes)), []).append(index)
    nets, taxes = [ZERO] * len(lines), [ZERO] * len(lines)
    by_rate: dict[TaxShare, list[Decimal]] = {}
    for (shares, with_tax), members in groups.items():
        batches = [members] if rounding is Rounding.PER_RATE else [[index] for index in members]
        for batch in batches:
            whole = _sum(amounts[index][2] for index in batch)
            base, due = taxed(whole, shares, places, with_tax=with_tax)
            for share, tax in zip(shares, due, strict=True):
                held = by_rate.setdefault(share, [ZERO, ZERO])
                held[0], held[1] = held[0] + base, held[1] + tax
            _spread(batch, amounts, base, _sum(due), (nets, taxes), _factor(shares), places, with_tax=with_tax)
    found = tuple(LineTotal(*amount, net, tax) for amount, net, tax in zip(amounts, nets, taxes, strict=True))
    rates = tuple(RateTotal(share, base, tax) for share, (base, tax) in sorted(by_rate.items(), key=_order))
    net, tax = _sum(nets), _sum(each.tax for each in rates)
    untaxed = _sum(nets[index] for index, line in enumerate(lines) if not line.taxes)
    return Totals(currency, found, rates, net, _sum(a[1] for a in amounts), untaxed, tax, net + tax)


def taxed(
    amount: Decimal, shares: Sequence[TaxShare], places: int, *, with_tax: bool
) -> tuple[Decimal, tuple[Decimal, ...]]:
    """Base and taxes of an amount.

    Args:
        amount: Rounded; with tax where `with_tax` says so.
        shares: The taxes on it, all on the same base.
        places: Decimal places of the currency.
        with_tax: Then base and taxes add up to the amount exactly: the base is worked out and rounded, each tax but
            the first is rounded of the base, and the first takes what is left.

    Returns:
        The base, and one tax for each share in their order.
    """
    if not shares:
        return amount, ()
    if not with_tax:
        return amount, tuple(_percent(amount, share.percent, places) for share in shares)
    base = rounded(_EXACT.divide(amount, _factor(shares)), places, HALF_UP)
    behind = tuple(_percent(base, share.percent, places) for share in shares[1:])
    return base, (amount - base - _sum(behind), *behind)


def _factor(shares: Sequence[TaxShare]) -> Decimal:
    """What a base is multiplied by to contain its taxes."""
    return 1 + _sum(share.percent for share in shares) / 100


def _percent(base: Decimal, percent: Decimal, places: int) -> Decimal:
    return rounded(_EXACT.multiply(base, percent).scaleb(-2, context=_EXACT), places, HALF_UP)


def _amounts(line: Sold, currency: str, places: int) -> tuple[Decimal, Decimal, Decimal]:
    """Gross, discount and amount of a line.

    Raises:
        Refusal: For another currency, or a discount out of range.
    """
    if line.currency != currency:
        message = _("A line in %(one)s cannot be added up in %(other)s: convert it first.")
        raise Refusal("currency", message % {"one": line.currency, "other": currency})
    if not 0 <= line.discount <= 100:
        raise Refusal("discount", _("A discount is between 0 % and 100 %."))
    exact = _EXACT.multiply(line.quantity, line.unit_price)
    gross = rounded(exact, places, HALF_UP)
    left = _EXACT.multiply(exact, (100 - line.discount)).scaleb(-2, context=_EXACT)
    amount = rounded(left, places, HALF_UP)
    return gross, gross - amount, amount


def _spread(
    batch: Sequence[int],
    amounts: Sequence[tuple[Decimal, Decimal, Decimal]],
    base: Decimal,
    due: Decimal,
    into: tuple[list[Decimal], list[Decimal]],
    factor: Decimal,
    places: int,
    *,
    with_tax: bool,
) -> None:
    """Give each line its share of base and tax, so that the shares add up to both to the last cent."""
    nets, taxes = into
    exact = [amounts[index][2] for index in batch]
    if with_tax:
        shares = _apportioned(base, [_EXACT.divide(amount, factor) for amount in exact], places)
        for index, amount, net in zip(batch, exact, shares, strict=True):
            nets[index], taxes[index] = net, amount - net
        return
    shares = _apportioned(due, [_EXACT.multiply(amount, factor - 1) for amount in exact], places)
    for index, amount, tax in zip(batch, exact, shares, strict=True):
        nets[index], taxes[index] = amount, tax


def _apportioned(whole: Decimal, exact: Sequence[Decimal], places: int) -> list[Decimal]:
    """Parts of a rounded whole, as near to exact ones as can be: rounded down, and what is left goes to those that lost
    most, the earlier one when equal.
    """
    unit = Decimal(1).scaleb(-places)
    parts = [rounded(each, places, "ROUND_FLOOR") for each in exact]
    left = int((whole - _sum(parts)).scaleb(places))
    order = sorted(range(len(exact)), key=lambda index: parts[index] - exact[index])
    step = 1 if left > 0 else -1
    for count in range(abs(left)):
        parts[order[count % len(order)] if step > 0 else order[-1 - count % len(order)]] += step * unit
    return parts


def _order(pair: tuple[TaxShare, list[Decimal]]) -> tuple[bool, Decimal, str]:
    share = pair[0]
    return share.surcharge, -share.percent, share.name


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)
