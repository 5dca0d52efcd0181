"""Values as people read them: golden values, agreement with Babel, and speed."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel import numbers
from babel.dates import format_skeleton
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.formats import Formats, babel_locale, formats_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LOCALES = {"es": "EUR", "es-mx": "MXN", "es-co": "COP", "es-ar": "ARS", "es-cl": "CLP", "en": "USD", "en-gb": "GBP"}


def formats(locale: str = "es", currency: str = "EUR", time_zone: str = "Europe/Madrid") -> Formats:
    return formats_of(locale, time_zone, currency, NOW)


def plain(text: str) -> str:
    """No-break spaces shown as `~`, so that golden values can be read."""
    return text.replace("\u00a0", "~").replace("\u202f", "~")


@pytest.mark.parametrize(
    ("locale", "currency", "amount", "cents", "text"),
    [
        ("es", "EUR", "1842600", False, "1.842.600~€"),
        ("es", "EUR", "22554.4", True, "22.554,40~€"),
        ("es", "EUR", "-8.5", True, "−8,50~€"),
        ("es", "EUR", "-0.2", False, "0~€"),
        ("es", "USD", "0", False, "0~US$"),
        ("es", "JPY", "1234", True, "1.234~JPY"),
        ("es-419", "USD", "1842600", False, "USD~1,842,600"),
        ("es-mx", "MXN", "22554.4", True, "$22,554.40"),
        ("es-mx", "EUR", "-5", False, "−EUR~5"),
        ("es-co", "COP", "1842600", False, "$1.842.600"),
        ("es-cl", "CLP", "-1842600", True, "$−1.842.600"),
        ("en", "USD", "1842600.55", True, "$1,842,600.55"),
        ("en-gb", "EUR", "-1842600", False, "−€1,842,600"),
    ],
)
def test_money(locale: str, currency: str, amount: str, cents: bool, text: str) -> None:
    assert plain(formats(locale, currency).money(Decimal(amount), cents=cents)) == text


def test_money_of_another_currency_and_of_nothing() -> None:
    assert plain(formats().money(12, "GBP")) == "12~GBP"
    assert plain(formats().money(12, "")) == "12~€"
    assert formats().money(None) == ""


@pytest.mark.parametrize(
    ("method", "value", "es", "mx"),
    [
        ("integer", 1842600, "1.842.600", "1,842,600"),
        ("integer", Decimal("-0.4"), "0", "0"),
        ("integer", None, "", ""),
        ("decimal", Decimal("1234.5"), "1.234,5", "1,234.5"),
        ("decimal", Decimal("100"), "100", "100"),
        ("decimal", Decimal("-1.23456"), "−1,235", "−1.235"),
        ("decimal", None, "", ""),
        ("percent", Decimal("23.4"), "23,4~%", "23.4%"),
        ("percent", Decimal("70.0"), "70~%", "70%"),
        ("percent", -8, "−8~%", "−8%"),
        ("percent", None, "", ""),
        ("signed", Decimal("1.8"), "+1,8", "+1.8"),
        ("signed", Decimal("-0.4"), "−0,4", "−0.4"),
        ("signed", 0, "0", "0"),
        ("signed", None, "", ""),
        ("file_size", 0, "0~B", "0~B"),
        ("file_size", 999, "999~B", "999~B"),
        ("file_size", 1_234_567, "1,2~MB", "1.2~MB"),
        ("file_size", 640_000, "640~kB", "640~kB"),
        ("file_size", 999_999, "1,0~MB", "1.0~MB"),
        ("days", 6, "6~días", "6~días"),
        ("days", 1, "1~día", "1~día"),
        ("days", 1200, "1.200~días", "1,200~días"),
    ],
)
def test_numbers(method: str, value: object, es: str, mx: str) -> None:
    assert plain(getattr(formats("es"), method)(value)) == es
    assert plain(getattr(formats("es-mx"), method)(value)) == mx


def test_fixed_places() -> None:
    assert formats().decimal(Decimal("2"), 2) == "2,00"
    assert plain(formats().percent(Decimal("63.154"), 2)) == "63,15~%"


@pytest.mark.parametrize(
    ("method", "day", "es", "en"),
    [
        ("date_short", date(2026, 11, 24), "24 nov", "Nov 24"),
        ("date_short", date(2025, 11, 23), "23 nov 2025", "Nov 23, 2025"),
        ("date_full", date(2026, 11, 23), "23 nov 2026", "Nov 23, 2026"),
        ("date_long", date(2026, 11, 23), "23 de noviembre de 2026", "November 23, 2026"),
        ("weekday_date", date(2026, 11, 24), "mar 24", "Tue 24"),
        ("weekday_date", date(2026, 11, 30), "lun 30", "Mon 30"),
        ("weekday_date", date(2026, 12, 1), "mar 1 dic", "Tue, Dec 1"),
        ("weekday_date", date(2027, 12, 30), "jue 30 dic 2027", "Thu, Dec 30, 2027"),
        ("day", date(2026, 11, 30), "lun 30", "Mon 30"),
        ("month", date(2026, 11, 23), "noviembre de 2026", "November 2026"),
    ],
)
def test_days(method: str, day: date, es: str, en: str) -> None:
    assert getattr(formats("es"), method)(day) == es
    assert getattr(formats("en"), method)(day) == en


@pytest.mark.parametrize("method", ["date_short", "date_full", "date_long", "weekday_date", "day"])
def test_no_day_is_empty(method: str) -> None:
    assert getattr(formats(), method)(None) == ""


def test_days_next_to_today_are_words() -> None:
    en = formats("en")
    assert [en.day(TODAY + timedelta(days=n)) for n in (-1, 0, 1)] == ["yesterday", "today", "tomorrow"]


@pytest.mark.parametrize(
    ("method", "at", "es", "mx"),
    [
        ("time", datetime(2026, 11, 23, 9, 5, tzinfo=UTC), "10:05", "3:05~a.m."),
        ("datetime", datetime(2026, 11, 9, 10, 20, tzinfo=UTC), "9 nov, 11:20", "9 nov, 4:20~a.m."),
        ("datetime", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "1 ene, 0:30", "31 dic 2025, 5:30~p.m."),
        ("weekday_datetime", datetime(2026, 11, 30, 7, 0, tzinfo=UTC), "lun 30 nov, 8:00", "lun 30 de nov, 1:00~a.m."),
        ("exact", datetime(2026, 11, 23, 13, 5, tzinfo=UTC), "23 nov 2026, 14:05", "23 nov 2026, 7:05~a.m."),
    ],
)
def test_moments_are_on_the_clock_of_the_person(method: str, at: datetime, es: str, mx: str) -> None:
    assert plain(getattr(formats("es"), method)(at)) == es
    assert plain(getattr(formats("es-mx", "MXN", "America/Mexico_City"), method)(at)) == mx


@pytest.mark.parametrize("method", ["time", "datetime", "weekday_datetime", "exact"])
def test_no_moment_is_empty(method: str) -> None:
    assert getattr(formats(), method)(None) == ""


def test_a_moment_without_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats().datetime(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("away", "es", "en"),
    [
        (timedelta(minutes=-12), "hace 12~min", "12~min ago"),
        (timedelta(minutes=-59, seconds=-59), "hace 59~min", "59~min ago"),
        (timedelta(hours=-1), "hace 1~h", "1~hr ago"),
        (timedelta(hours=3), "dentro de 3~h", "in 3~hr"),
        (timedelta(minutes=1), "dentro de 1~min", "in 1~min"),
        (timedelta(hours=-23, minutes=-59), "hace 23~h", "23~hr ago"),
        (timedelta(days=-1), "22 nov", "Nov 22"),
        (timedelta(days=-400), "19 oct 2025", "Oct 19, 2025"),
    ],
)
def test_relative(away: timedelta, es: str, en: str) -> None:
    assert plain(formats("es").relative(NOW + away, NOW)) == es
    assert plain(formats("en").relative(NOW + away, NOW)) == en
    assert plain(formats("es-mx").relative(NOW + away, NOW)) == es


def test_right_now_and_never() -> None:
    assert formats("en").relative(NOW - timedelta(seconds=59), NOW) == "just now"
    assert formats("en").relative(None, NOW) == ""


def test_today_is_the_person_s_own_day() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert formats_of("es", "Europe/Madrid", "EUR", late).today == date(2027, 1, 1)
    assert formats_of("es", "America/Bogota", "EUR", late).today == date(2026, 12, 31)


def test_formats_are_kept() -> None:
    assert formats() is formats_of("es", "Europe/Madrid", "EUR", NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("es", "es"),
        ("es-mx", "es_MX"),
        ("es_419", "es_419"),
        ("EN-GB", "en_GB"),
        ("es-zz", "es_ES"),
        ("es-wrong-one", "es"),
        ("tlh", "en"),
        ("", "en"),
    ],
)
def test_every_code_finds_a_locale(code: str, locale: str) -> None:
    assert str(babel_locale(code)) == locale


MONEY = st.decimals(-(10**12), 10**12, places=2).filter(lambda v: abs(v) >= Decimal("0.01"))


@given(MONEY, st.sampled_from(sorted(LOCALES)))
def test_money_is_what_babel_writes(value: Decimal, locale: str) -> None:
    currency = LOCALES[locale]
    expected = numbers.format_currency(value, currency, locale=babel_locale(locale))
    mine = formats(locale, currency).money(value, cents=True)
    assert mine == (
        expected.replace("-", "−") if any(c in "123456789" for c in expected) else expected.replace("-", "")
    )


@given(MONEY, st.sampled_from(sorted(LOCALES)))
def test_decimals_are_what_babel_writes(value: Decimal, locale: str) -> None:
    assert formats(locale).decimal(value) == numbers.format_decimal(value, locale=babel_locale(locale)).replace(
        "-", "−"
    )


@given(st.integers(-10_000, 10_000), st.sampled_from(sorted(LOCALES)))
def test_percents_are_what_babel_writes(value: int, locale: str) -> None:
    expected = numbers.format_percent(Decimal(value) / 100, locale=babel_locale(locale), group_separator=True)
    assert formats(locale).percent(value) == expected.replace("-", "−")


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.sampled_from(sorted(LOCALES)))
def test_dates_are_what_babel_writes(day: date, locale: str) -> None:
    skeleton = "MMMd" if day.year == TODAY.year else "yMMMd"
    assert formats(locale).date_short(day) == format_skeleton(skeleton, day, locale=babel_locale(locale))


def test_a_hundred_thousand_cells_take_well_under_a_second() -> None:
    mine = formats()
    amounts = [Decimal(n * 37) / 10 for n in range(100_000)]
    days = [date(2025, 1, 1) + timedelta(days=n % 700) for n in range(100_000)]
    started = time.process_time()
    for amount in amounts:
        mine.money(amount)
    for day in days:
        mine.date_short(day)
    assert time.process_time() - started < 1.0, "200,000 cells: about 0.12 s on a free core"
