"""Numbers as people type them: read where there is one reading, refused where a guess could be wrong."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.formats import Formats
from coordina.core.parsing import parse_decimal, parse_integer, parse_money, parse_percent
from coordina.core.refusals import Refusal
from tests.core.test_formats import TODAY


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize("locale", ["es", "en", "es-mx", "es-co"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234.5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12.345.678,9", "12345678.9"),
        ("-8", "-8"),
        ("−8,5", "-8.5"),
        ("- 1 234", "-1234"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5,", "5"),
        ("  42 ", "42"),
        ("0,75", "0.75"),
        ("-0", "0"),
    ],
)
def test_one_reading_everywhere(locale: str, text: str, value: str) -> None:
    assert parse_decimal(text, locale, 2) == Decimal(value)
    assert parse_decimal(text, locale) == Decimal(value)


@pytest.mark.parametrize(
    ("locale", "text", "places", "value"),
    [
        ("es", "1.234", 2, "1234"),
        ("es", "1,234", 3, "1.234"),
        ("es", "1,234", None, "1.234"),
        ("en", "1,234", 2, "1234"),
        ("en", "1.234", 3, "1.234"),
        ("es-mx", "1,234", 0, "1234"),
        ("es", "0,234", 3, "0.234"),
        ("es", "0.234", 3, "0.234"),
        ("es", "1234.567", 3, "1234.567"),
    ],
)
def test_the_locale_and_the_field_settle_a_thousand(locale: str, text: str, places: int | None, value: str) -> None:
    assert parse_decimal(text, locale, places) == Decimal(value)


@pytest.mark.parametrize(
    ("locale", "text", "places", "offer"),
    [
        ("es", "1,234", 2, "Write 1234 or 1,23."),
        ("es", "1.234", 3, "Write 1234 or 1,2340."),
        ("es", "1.234", None, "Write 1234 or 1,2340."),
        ("en", "1.234", 2, "Write 1234 or 1.23."),
        ("en", "1,234", None, "Write 1234 or 1.2340."),
        ("es", "1,234", 0, "Write 1234 or 1."),
    ],
)
def test_two_readings_are_refused_with_both(locale: str, text: str, places: int | None, offer: str) -> None:
    with pytest.raises(Refusal, match="two ways") as refusal:
        parse_decimal(text, locale, places)
    assert refusal.value.code == "ambiguous"
    assert offer in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1e5", "1.23.4", "1,2,3", "12.34,5", "1.234,56,7", "1 23", "12 3456", "1..2", "--5", "5-", "NaN", "inf",
     "٣", "1_000", "0x10", "9" * 31, "1.234.56,7", ".", ",", "1/2", "1,234.567,8"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(Refusal, match=r"1234,56") as refusal:
        parse_decimal(text, "es", 2)
    assert refusal.value.code == "number"


def test_too_many_decimals() -> None:
    with pytest.raises(Refusal, match="at most 2 decimals"):
        parse_decimal("1,2345", "es", 2)
    with pytest.raises(Refusal, match=r"at most 1 decimal\."):
        parse_decimal("1,25", "es", 1)
    assert parse_decimal("1,2000", "es", 2) == Decimal("1.2")


def test_integers() -> None:
    assert parse_integer("1.234", "es") == parse_integer("1,234", "en") == 1234
    assert parse_integer("5,0", "es") == 5
    with pytest.raises(Refusal, match="whole number"):
        parse_integer("5,5", "es")
    with pytest.raises(Refusal, match=r"like 1234\."):
        parse_integer("cinco", "es")


@pytest.mark.parametrize("text", ["23,4", "23,4 %", "23,4%", "23.4 %", "23,4\u00a0%"])
def test_percents_are_points(text: str) -> None:
    assert parse_percent(text, "es") == Decimal("23.4")


@pytest.mark.parametrize(
    ("text", "amount", "code"),
    [
        ("1.234,50 €", "1234.50", None),
        ("€1,234.50", "1234.50", None),
        ("USD 1,234.50", "1234.50", "USD"),
        ("900 eur", "900", "EUR"),
        ("MX$ 900", "900", None),
        ("S/ 12.50", "12.50", None),
        ("-5 €", "-5", None),
        ("900", "900", None),
    ],
)
def test_money(text: str, amount: str, code: str | None) -> None:
    assert parse_money(text, "es") == (Decimal(amount), code)


@pytest.mark.parametrize(("text", "message"), [("12 patatas", "“patatas” is not a currency"), ("€", "Write a number")])
def test_what_is_no_money(text: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        parse_money(text, "es")


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(["es", "es-mx", "es-co", "es-ar", "en", "en-gb"]),
    st.booleans(),
)
def test_what_is_shown_can_be_typed_back(value: Decimal, locale: str, cents: bool) -> None:
    formats = Formats(locale, "UTC", "EUR", TODAY)
    assert parse_money(formats.money(value, cents=True), locale)[0] == value
    assert parse_decimal(formats.decimal(value, 2), locale, 2) == value


@given(st.text(max_size=60), st.sampled_from(["es", "en"]))
def test_any_text_is_a_number_or_a_refusal(text: str, locale: str) -> None:
    for parse in (parse_decimal, parse_money, parse_percent):
        with suppress(Refusal):
            parse(text, locale)
