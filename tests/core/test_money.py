"""Money is exact, keeps its currency, and shares itself out to the last cent."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.money import (
    HALF_UP,
    CurrencyMismatch,
    DatedRates,
    Money,
    convert,
    currency_name,
    minor_units,
    rounded,
    total,
)
from coordina.core.refusals import Refusal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


EUR = "EUR"
RATES = DatedRates(
    "EUR",
    {
        "USD": [(date(2026, 1, 1), Decimal("0.90")), (date(2026, 6, 1), Decimal("0.80"))],
        "CLP": [(date(2026, 1, 1), Decimal("0.001"))],
    },
)


def money(amount: str, currency: str = EUR) -> Money:
    return Money(Decimal(amount), currency)


def test_arithmetic_within_one_currency_is_exact() -> None:
    assert money("0.1") + money("0.2") == money("0.3")
    assert money("10") - money("0.01") == money("9.99")
    assert money("19.99") * 3 == 3 * money("19.99") == money("59.97")
    assert -money("5") == money("-5")
    assert abs(money("-5")) == money("5")
    assert money("1") < money("2") <= money("2.00")
    assert money("3") > money("2") >= money("2.00")
    assert not money("0")
    assert money("200").percent(Decimal("23.4")) == money("46.8")
    assert str(money("1842600.50")) == "1842600.50 EUR"


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_mix(operation: str) -> None:
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        getattr(money("1"), operation)(money("1", "USD"))


def test_equal_amounts_of_two_currencies_differ() -> None:
    assert money("1") != money("1", "USD")


def test_floats_and_unknown_currencies_are_refused() -> None:
    with pytest.raises(TypeError):
        Money(1.5, EUR)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, EUR)
    with pytest.raises(TypeError):
        money("1") * 1.5  # type: ignore[operator]
    with pytest.raises(ValueError, match="finite"):
        money("NaN")
    with pytest.raises(ValueError, match="XYQ"):
        money("1", "XYQ")


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("CLP", 0), ("KWD", 3), ("MXN", 2)])
def test_minor_units(currency: str, places: int) -> None:
    assert minor_units(currency) == places


@pytest.mark.parametrize(
    ("amount", "even", "up"),
    [("0.125", "0.12", "0.13"), ("0.135", "0.14", "0.14"), ("-0.125", "-0.12", "-0.13"), ("2.5049", "2.50", "2.50")],
)
def test_halves_go_to_even_or_up(amount: str, even: str, up: str) -> None:
    assert money(amount).rounded() == money(even)
    assert money(amount).rounded(HALF_UP) == money(up)


def test_rounding_to_a_currency_without_cents_and_to_places() -> None:
    assert money("10.5", "CLP").rounded() == money("10", "CLP")
    assert money("10.4567").rounded(places=3) == money("10.457")
    assert str(rounded(Decimal("-0.001"), 2)) == "0.00"


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.05", [3, 7], ["0.02", "0.03"]),
        ("-100", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("10", [0, 1], ["0", "10"]),
        ("1", [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")], ["0.50", "0.25", "0.25"]),
    ],
)
def test_allocation(amount: str, weights: list[int], parts: list[str]) -> None:
    assert money(amount).allocate(weights) == [money(part) for part in parts]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_allocation_needs_a_positive_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        money("1").allocate(weights)


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12).filter(lambda w: sum(w) > 0),
)
def test_allocated_parts_add_up_and_are_fair(amount: Decimal, weights: list[Decimal]) -> None:
    parts = Money(amount, EUR).allocate(weights)
    assert total(parts, EUR) == Money(amount, EUR)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount - amount * weight / sum(weights)) <= Decimal("0.01")


def test_total_of_nothing_is_zero() -> None:
    assert total([], EUR) == money("0")


@pytest.mark.parametrize(
    ("source", "to", "on", "result"),
    [
        (money("100", "USD"), "EUR", date(2026, 5, 31), money("90.00")),
        (money("100", "USD"), "EUR", date(2026, 6, 1), money("80.00")),
        (money("80"), "USD", date(2026, 12, 31), money("100.00", "USD")),
        (money("1", "USD"), "CLP", date(2026, 6, 1), money("800", "CLP")),
        (money("5", "GBP"), "GBP", date(1999, 1, 1), money("5", "GBP")),
    ],
)
def test_conversion_takes_the_latest_rate_on_or_before_the_day(source: Money, to: str, on: date, result: Money) -> None:
    assert convert(source, to, RATES, on) == result


@pytest.mark.parametrize(("currency", "on"), [("USD", date(2025, 12, 31)), ("GBP", date(2026, 6, 1))])
def test_a_missing_rate_is_refused_by_name(currency: str, on: date) -> None:
    with pytest.raises(Refusal, match=f"no rate from {currency} to EUR up to {on}") as refusal:
        convert(money("1", currency), "EUR", RATES, on)
    assert refusal.value.code == "no_rate"


def test_the_reporting_currency_is_worth_itself() -> None:
    assert RATES.rate("EUR", date(1990, 1, 1)) == 1


def test_currency_names() -> None:
    assert currency_name("EUR", "es") == "euro"
    assert currency_name("USD", "en-gb") == "US Dollar"
    assert currency_name("USD", "tlh") == "USD"
