"""Money: an exact decimal amount with its currency, and conversion at the rate of a day.

Amounts are `Decimal`, never float. Two currencies never meet by accident: every operation on two amounts asks for the
same currency, and the only way across is `convert`, which names its rates and its day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import cache
from operator import itemgetter
from typing import Protocol

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from coordina.core.refusals import Refusal

HALF_EVEN = ROUND_HALF_EVEN
"""Halves go to the even digit (0.125 is 0.12): sums of many rounded amounts do not drift. The default."""

HALF_UP = ROUND_HALF_UP
"""Halves go away from zero (0.125 is 0.13): what most invoices and tax rules ask for."""

_EXACT = Context(prec=60)


class CurrencyMismatch(ValueError):
    """Two currencies met in one operation: a bug of the caller, who should have converted first."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} do not mix: convert one of them first")


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes in the data of CLDR, past ones included."""
    return frozenset(Locale.parse("en").currencies)


@cache
def minor_units(currency: str) -> int:
    """Decimal places a currency is counted in: 2 for EUR, 0 for CLP and JPY, 3 for KWD.

    Raises:
        ValueError: the code is no currency.
    """
    if currency not in currencies():
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code")
    return get_currency_precision(currency)


def currency_name(currency: str, locale: str) -> str:
    """What people call a currency in a language (`euro`), the code itself if the language has no word for it."""
    try:
        return str(Locale.parse(locale.replace("-", "_")).currencies.get(currency, currency))
    except UnknownLocaleError:
        return currency


def rounded(amount: Decimal, places: int, rounding: str = HALF_EVEN) -> Decimal:
    """Round to decimal places. A rounded zero carries no sign.

    Args:
        amount: Number to round.
        places: Decimal places to keep, 0 or more.
        rounding: `HALF_EVEN` or `HALF_UP`.
    """
    result = amount.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_EXACT)
    return abs(result) if result.is_zero() else result


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Arithmetic is exact; nothing is rounded until `rounded` says so.

    Args:
        amount: Exact amount in units of the currency (euros, not cents). Integers are taken as decimals.
        currency: ISO 4217 code in capitals.

    Raises:
        TypeError: the amount is a float, or no number.
        ValueError: the amount is not finite, or the code is no currency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, Decimal | int):
            raise TypeError(f"An amount is a Decimal, not {type(self.amount).__name__}")
        object.__setattr__(self, "amount", Decimal(self.amount))
        if not self.amount.is_finite():
            raise ValueError("An amount is a finite number")
        minor_units(self.currency)

    def _same(self, other: "Money") -> Decimal:
        """Amount of the other, once it is known to be of this currency."""
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, float):
            raise TypeError("A factor is a Decimal or an integer, not float")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        """For machines and logs: `1842600.50 EUR`. People see it through `formats`."""
        return f"{self.amount:f} {self.currency}"

    def rounded(self, rounding: str = HALF_EVEN, places: int | None = None) -> "Money":
        """Round to the minor units of the currency, or to the places given."""
        to = minor_units(self.currency) if places is None else places
        return Money(rounded(self.amount, to, rounding), self.currency)

    def percent(self, points: Decimal | int) -> "Money":
        """A percentage of the amount, exact: `percent(Decimal("23.4"))` is 23.4 % of it."""
        return Money(_EXACT.multiply(self.amount, Decimal(points)).scaleb(-2, context=_EXACT), self.currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> list["Money"]:
        """Share the amount out so that the parts add up to it to the last cent.

        Each part gets its share rounded towards zero in minor units; what is left over goes, one unit each, to the
        parts that lost most by rounding (the earlier one when equal).

        Args:
            weights: Relative sizes, zero or more, with a positive sum.

        Returns:
            One amount a weight, in their order, in the minor units of the currency.

        Raises:
            ValueError: there is no positive weight, or one is negative.
        """
        shares = [Decimal(w) for w in weights]
        whole = sum(shares, Decimal(0))
        if whole <= 0 or min(shares) < 0:
            raise ValueError("Weights are zero or more, and at least one is positive")
        places = minor_units(self.currency)
        unit = Decimal(1).scaleb(-places)
        units = int(rounded(abs(self.amount), places).scaleb(places, context=_EXACT))
        scale = 10 ** max(0, *(-int(w.as_tuple().exponent) for w in shares))
        sizes = [int(w * scale) for w in shares]
        parts = [divmod(units * size, sum(sizes)) for size in sizes]
        left = units - sum(part for part, _rest in parts)
        order = sorted(range(len(parts)), key=lambda i: -parts[i][1])
        extra = set(order[:left])
        sign = -1 if self.amount < 0 else 1
        return [Money((part + (i in extra)) * sign * unit, self.currency) for i, (part, _rest) in enumerate(parts)]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum of amounts of one currency; nothing at all is zero of it.

    Raises:
        CurrencyMismatch: one of them is of another currency.
    """
    result = Money(Decimal(0), currency)
    for amount in amounts:
        result += amount
    return result


class Rates(Protocol):
    """Dated exchange rates towards one reporting currency."""

    @property
    def reporting(self) -> str:
        """The one currency that every rate leads to and sums are reported in."""
        ...

    def rate(self, currency: str, on: date) -> Decimal | None:
        """What one unit of `currency` was worth in the reporting currency.

        Returns:
            The latest rate on or before the day, None if there is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class DatedRates:
    """Rates held in memory: a few currencies with their days, as read once per request or job.

    Args:
        reporting: The reporting currency.
        table: Per currency its rates as (day, rate), in order of days.
    """

    reporting: str
    table: dict[str, list[tuple[date, Decimal]]]

    def rate(self, currency: str, on: date) -> Decimal | None:
        """Latest rate on or before the day, by bisection."""
        if currency == self.reporting:
            return Decimal(1)
        days = self.table.get(currency, [])
        position = bisect_right(days, on, key=itemgetter(0))
        return days[position - 1][1] if position else None


def convert(money: Money, to: str, rates: Rates, on: date) -> Money:
    """Convert at the rates of a day, through the reporting currency. The result is rounded (half even) to its units.

    Args:
        money: Amount to convert.
        to: Currency wanted.
        rates: Dated rates towards the reporting currency.
        on: Day whose rates count: the latest on or before it.

    Raises:
        Refusal: `no_rate`, there is no rate of one of the two currencies on or before the day.
    """
    if money.currency == to:
        return money
    value = money.amount
    if money.currency != rates.reporting:
        value = _EXACT.multiply(value, _rate(money.currency, rates, on))
    if to != rates.reporting:
        value = _EXACT.divide(value, _rate(to, rates, on))
    return Money(value, to).rounded()


def _rate(currency: str, rates: Rates, on: date) -> Decimal:
    """The rate, or a refusal that says which one is missing."""
    rate = rates.rate(currency, on)
    if rate is None or rate <= 0:
        raise Refusal(
            "no_rate",
            _("There is no rate from %(currency)s to %(reporting)s up to %(day)s. Add it in Settings, Currencies.")
            % {"currency": currency, "reporting": rates.reporting, "day": on.isoformat()},
        )
    return rate
