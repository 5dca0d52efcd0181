"""Dates, numbers, answers and addresses: decided per column over all rows, refused with what would be right."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordina.records.imports import dates, numbers
from coordina.records.imports.dates import DateFormat, DateVotes, Order
from coordina.records.imports.numbers import NumberFormat, NumberVotes
from coordina.records.imports.profiles import MOST_DISTINCT, ColumnProfile, Evidence
from coordina.records.imports.reasons import Code, Reason
from coordina.records.imports.values import is_unknown, to_bool, to_date, to_datetime, to_decimal, to_email, to_int

DMY, MDY, YMD = (DateFormat(order=order) for order in (Order.DMY, Order.MDY, Order.YMD))
POINT, COMMA = NumberFormat(decimal="."), NumberFormat(decimal=",")
MADRID = ZoneInfo("Europe/Madrid")


def date_format(*values: str, prefer: Order = Order.DMY) -> DateFormat:
    votes = DateVotes()
    for value in values:
        votes.add(value)
    return votes.decide(prefer)


def number_format(*values: str, prefer: str = ",") -> NumberFormat:
    votes = NumberVotes()
    for value in values:
        votes.add(value)
    return votes.decide(prefer)


def code(result: object) -> Code:
    assert isinstance(result, Reason), result
    return result.code


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("2024-03-12", YMD, date(2024, 3, 12)),
        ("2024/3/1", DMY, date(2024, 3, 1)),
        ("20240312", DMY, date(2024, 3, 12)),
        ("12/03/2024", DMY, date(2024, 3, 12)),
        ("12/03/2024", MDY, date(2024, 12, 3)),
        ("12.03.24", DMY, date(2024, 3, 12)),
        ("02/23/26 08:55 PM", MDY, date(2026, 2, 23)),
        ("1-2-99", DMY, date(1999, 2, 1)),
        ("12 de marzo de 2024", MDY, date(2024, 3, 12)),
        ("12 mar 2024", MDY, date(2024, 3, 12)),
        ("12-mar-24", DMY, date(2024, 3, 12)),
        ("mar. 12 mar. 2024", DMY, date(2024, 3, 12)),
        ("March 12th, 2024", DMY, date(2024, 3, 12)),
        ("May 2, 2024 3:04 PM", DMY, date(2024, 5, 2)),
        ("01 Jan 2024", DMY, date(2024, 1, 1)),
        ("30 sept. 2024", DMY, date(2024, 9, 30)),
        ("2024-03-12T23:30:00Z", YMD, date(2024, 3, 12)),
        (" 2024-03-12 \u00a0", YMD, date(2024, 3, 12)),
        ("29/02/2024", DMY, date(2024, 2, 29)),
    ],
)
def test_days(text: str, shape: DateFormat, expected: date) -> None:
    assert to_date(text, shape) == expected


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("31/02/2024", DMY, Code.DATE_NOT_REAL),
        ("29/02/2023", DMY, Code.DATE_NOT_REAL),
        ("2024-13-01", YMD, Code.DATE_NOT_REAL),
        ("31/12/2024", MDY, Code.DATE_OTHER_ORDER),
        ("soon", DMY, Code.DATE_UNREADABLE),
        ("12 foo 2024", DMY, Code.DATE_UNREADABLE),
        ("2024-03-12 25:00", YMD, Code.TIME_NOT_REAL),
        ("2024-03-12 13:00 PM", YMD, Code.TIME_NOT_REAL),
        ("x" * 10_000, DMY, Code.DATE_UNREADABLE),
        ("1.2.3", DMY, Code.DATE_UNREADABLE),
    ],
)
def test_days_that_are_none(text: str, shape: DateFormat, expected: Code) -> None:
    assert code(to_date(text, shape)) is expected


def test_moments_keep_their_zone_or_take_the_companys() -> None:
    assert to_datetime("2024-03-12 10:30", YMD, MADRID) == datetime(2024, 3, 12, 10, 30, tzinfo=MADRID)
    zoned = to_datetime("2024-03-12T10:30:15.123+02:00", YMD, MADRID)
    assert isinstance(zoned, datetime)
    assert zoned.utcoffset() == timedelta(hours=2)
    assert to_date("2024-03-12T23:30:00Z", YMD, MADRID) == date(2024, 3, 13)
    assert to_datetime("2024-03-12T10:30:00Z", YMD, MADRID) == datetime(2024, 3, 12, 10, 30, tzinfo=UTC)


def test_one_value_in_the_last_row_decides_the_column() -> None:
    assert date_format(*["03/04/2024"] * 999, "25/04/2024").order is Order.DMY
    decided = date_format(*["03/04/2024"] * 999, "04/25/2024")
    assert (decided.order, decided.ambiguous, decided.example) == (Order.MDY, False, "04/25/2024")


def test_an_open_column_says_so_and_follows_the_preference() -> None:
    decided = date_format("03/04/2024", "01/02/2024", prefer=Order.MDY)
    assert (decided.order, decided.ambiguous) == (Order.MDY, True)
    assert not date_format("2024-01-02", "3 ene 2024").ambiguous


def test_a_mixed_column_keeps_the_majority_and_counts_the_rest() -> None:
    decided = date_format("25/04/2024", "26/04/2024", "04/27/2024")
    assert (decided.order, decided.misfits) == (Order.DMY, 1)


def test_a_day_that_does_not_exist_still_says_its_order() -> None:
    assert date_format("31/02/2024", "01/02/2024").order is Order.DMY


def test_sister_columns_settle_an_open_one() -> None:
    sure, open_one = date_format("25/04/2024"), date_format("03/04/2024")
    assert dates.agree([sure, open_one, date_format("2024-01-01")]) is Order.DMY
    assert dates.agree([sure, date_format("04/25/2024")]) is None


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(["/", "-", "."]), st.booleans())
def test_every_day_comes_back_from_every_order(day: date, mark: str, short: bool) -> None:
    year = f"{day:%y}" if short else f"{day:%Y}"
    assert to_date(f"{day.day}{mark}{day.month}{mark}{year}", DMY) == day
    assert to_date(f"{day.month:02}{mark}{day.day:02}{mark}{year}", MDY) == day
    assert to_date(day.isoformat(), DMY) == day


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("1.234,56", COMMA, "1234.56"),
        ("1,234.56", POINT, "1234.56"),
        ("1 234,56", COMMA, "1234.56"),
        ("1\u00a0234\u202f567,5 €", COMMA, "1234567.5"),
        ("1'234.50", POINT, "1234.50"),
        ("1’234’567", COMMA, "1234567"),
        ("€ 1.250.000", COMMA, "1250000"),
        ("EUR 12,5", COMMA, "12.5"),
        ("$1,000", POINT, "1000"),
        ("US$ 1,000.00", POINT, "1000.00"),
        ("-$5.00", POINT, "-5.00"),
        ("$-5.00", POINT, "-5.00"),
        ("(1.234,00 €)", COMMA, "-1234.00"),
        ("1234-", POINT, "-1234"),
        ("−8 %", COMMA, "-8"),
        ("23,4 %", COMMA, "23.4"),
        ("1.5E+06", POINT, "1500000"),
        ("1,5e-3", COMMA, "0.0015"),
        (".5", POINT, "0.5"),
        ("12.", POINT, "12"),
        ("12,34,567.00", POINT, "1234567.00"),
        ("007", POINT, "7"),
        ("0", COMMA, "0"),
    ],
)
def test_numbers(text: str, shape: NumberFormat, expected: str) -> None:
    assert to_decimal(text, shape) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("1.234,56", POINT, Code.NUMBER_OTHER_FORMAT),
        ("12.5", COMMA, Code.NUMBER_OTHER_FORMAT),
        ("1,2,3", POINT, Code.NUMBER_UNREADABLE),
        ("about 5", POINT, Code.NUMBER_UNREADABLE),
        ("NaN!", POINT, Code.NUMBER_UNREADABLE),
        ("Infinity", POINT, Code.NUMBER_UNREADABLE),
        ("--5", POINT, Code.NUMBER_UNREADABLE),
        ("1e999", POINT, Code.NUMBER_TOO_LARGE),
        ("9" * 40, POINT, Code.NUMBER_TOO_LARGE),
        ("9" * 5000, POINT, Code.NUMBER_UNREADABLE),
    ],
)
def test_numbers_that_are_none(text: str, shape: NumberFormat, expected: Code) -> None:
    assert code(to_decimal(text, shape)) is expected


def test_whole_numbers() -> None:
    assert to_int("1.200", COMMA) == 1200
    assert to_int("12.0", POINT) == 12
    assert code(to_int("12.5", POINT)) is Code.NUMBER_NOT_WHOLE


@pytest.mark.parametrize(
    ("values", "decimal", "ambiguous"),
    [
        (["1.234", "2.500", "12,5"], ",", False),
        (["1.234", "12.5"], ".", False),
        (["1.234", "1.234.567"], ",", False),
        (["1,234", "1,234,567"], ".", False),
        (["1.234", "9.876"], ",", True),
        (["1,234", "9,876"], ",", True),
        (["0.123"], ".", False),
        (["1100.04", "251.41", "651.321"], ".", False),
        (["5", "7000"], ",", False),
        (["12,5", "12.5"], ",", True),
        (["444.591.127", "4.479.784.701"], ",", False),
    ],
)
def test_the_decimal_sign_of_a_column(values: list[str], decimal: str, ambiguous: bool) -> None:
    decided = number_format(*values)
    assert (decided.decimal, decided.ambiguous) == (decimal, ambiguous)


def test_what_a_column_of_numbers_says_beside() -> None:
    assert number_format("1.200 €", "35 €").currencies == ("EUR",)
    assert number_format("$5").currencies == ("?",)
    assert number_format("5 %").percent
    assert number_format("444.591.127").whole
    assert not number_format("4,5").whole
    assert number_format("4,5", "3,2", "1.5").misfits == 1


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_from_every_writing(number: Decimal) -> None:
    english = f"{number:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    assert to_decimal(english, POINT) == number
    assert to_decimal(spanish, COMMA) == number
    assert to_decimal(f"{english} USD", POINT) == number
    assert number_format(spanish).decimal == ","
    assert number_format(english).decimal == "."


@given(st.text(max_size=60))
def test_no_text_breaks_a_converter(text: str) -> None:
    for converter in (to_decimal, to_int):
        converter(text, POINT)
        converter(text, COMMA)
    for shape in (DMY, MDY, YMD):
        to_date(text, shape, MADRID)
        to_datetime(text, shape, MADRID)
    to_bool(text)
    to_email(text)
    profile = ColumnProfile()
    profile.add(text)
    profile.decide()


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "N/A", "n/a", "null", "NULL", "#N/A", "#¡REF!", "(vacío)", "\\N"])
def test_unknown_stays_unknown(text: str) -> None:
    assert is_unknown(text)
    assert is_unknown(text, words=True)
    assert to_date(text, DMY) is None
    assert to_decimal(text, POINT) is None
    assert to_bool(text) is None
    assert to_email(text) is None


def test_a_name_may_look_unknown() -> None:
    assert not is_unknown("Null", words=True)
    assert not is_unknown("NA", words=True)
    assert is_unknown("NA")
    assert to_date("0000-00-00", DMY) is None
    assert not is_unknown("0")


@pytest.mark.parametrize("text", ["sí", "Si", "YES", "true", "1", "x", "V", "✓", "Verdadero"])
def test_yes(text: str) -> None:
    assert to_bool(text) is True


@pytest.mark.parametrize("text", ["no", "FALSE", "0", "falso", "✗"])
def test_no(text: str) -> None:
    assert to_bool(text) is False


def test_neither_yes_nor_no() -> None:
    assert code(to_bool("maybe")) is Code.BOOL_UNREADABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ana@nube.example", "ana@nube.example"),
        (" Ana <Ana.Gil@Nube.example> ", "Ana.Gil@Nube.example"),
        ("mailto:a@b.co", "a@b.co"),
        ("josé@correo.es", "josé@correo.es"),
        ("o'hara+x@a-b.co.uk", "o'hara+x@a-b.co.uk"),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    assert to_email(text) == expected


def test_addresses_that_are_none() -> None:
    assert code(to_email("info@@nube.example")) is Code.EMAIL_TWO_ATS
    for text in ("ana", "ana@nube", "@x.es", "a b@x.es", "a..b@x.es", "a@" + "x" * 400 + ".es"):
        assert code(to_email(text)) is Code.EMAIL_UNREADABLE


def test_a_profile_knows_kinds_counts_and_its_limits() -> None:
    profile = ColumnProfile()
    for value in ("ana@x.es", "leo@y.es", "ana@x.es", "", "-"):
        profile.add(value)
    facts = profile.decide()
    assert (facts.filled, facts.unknown, facts.distinct) == (3, 2, {"ana@x.es": 2, "leo@y.es": 1})
    assert facts.share(Evidence.EMAIL) == 1.0
    assert not facts.unique
    many = ColumnProfile()
    for number in range(MOST_DISTINCT * 2):
        many.add(f"OPP-{number}")
    assert many.decide().many
    assert many.decide().distinct == {}
    assert len(many._counts) == MOST_DISTINCT


def test_a_long_column_still_decides_by_its_last_value() -> None:
    profile = ColumnProfile()
    for number in range(MOST_DISTINCT * 2):
        profile.add(f"0{number % 9 + 1}/0{number % 7 + 1}/{1000 + number % 1000}")
        profile.add(f"{number % 23:02}:00")
    profile.add("02/25/2024")
    assert profile.decide().date.order is Order.MDY


def test_numbers_read_takes_signs_off() -> None:
    assert numbers.read("MX$ 5") == numbers.Bare("5", False, 0, "MXN", False)
    assert numbers.read("abc") is None
