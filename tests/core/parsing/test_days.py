"""Days as people type them, from Monday 23 November 2026."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.formats import Formats
from coordina.core.parsing import parse_date
from coordina.core.refusals import Refusal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


TODAY = date(2026, 11, 23)
TOMORROW = date(2026, 11, 24)


@pytest.mark.parametrize("locale", ["es", "en", "es-mx", "en-gb"])
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", TOMORROW),
        (" 2026-1-5 ", date(2026, 1, 5)),
        ("24 nov", TOMORROW),
        ("24 NOV.", TOMORROW),
        ("24 nov 2026", TOMORROW),
        ("24 de noviembre de 2027", date(2027, 11, 24)),
        ("24 de noviembre del 2027", date(2027, 11, 24)),
        ("24 November 2027", date(2027, 11, 24)),
        ("Nov 24, 2025", date(2025, 11, 24)),
        ("15 ene", date(2026, 1, 15)),
        ("15 sept 26", date(2026, 9, 15)),
        ("3 setiembre", date(2026, 9, 3)),
        ("3rd of March", date(2026, 3, 3)),
        ("lun 30 nov", date(2026, 11, 30)),
        ("lunes, 30 de noviembre", date(2026, 11, 30)),
        ("Mon, Nov 30", date(2026, 11, 30)),
        ("lun 30", date(2026, 11, 30)),
        ("vie 13", date(2026, 11, 13)),
        ("hoy", TODAY),
        ("Today", TODAY),
        ("mañana", TOMORROW),
        ("manana", TOMORROW),
        ("tomorrow", TOMORROW),
        ("pasado mañana", date(2026, 11, 25)),
        ("the day after tomorrow", date(2026, 11, 25)),
        ("ayer", date(2026, 11, 22)),
        ("yesterday", date(2026, 11, 22)),
        ("anteayer", date(2026, 11, 21)),
        ("antes de ayer", date(2026, 11, 21)),
        ("lunes", date(2026, 11, 30)),
        ("miércoles", date(2026, 11, 25)),
        ("miercoles", date(2026, 11, 25)),
        ("Friday", date(2026, 11, 27)),
        ("next Monday", date(2026, 11, 30)),
        ("el lunes que viene", date(2026, 11, 30)),
        ("próximo viernes", date(2026, 11, 27)),
        ("en 3 días", date(2026, 11, 26)),
        ("dentro de 3 días", date(2026, 11, 26)),
        ("in 3 days", date(2026, 11, 26)),
        ("en una semana", date(2026, 11, 30)),
        ("in 2 weeks", date(2026, 12, 7)),
        ("dentro de un mes", date(2026, 12, 23)),
        ("en 3 meses", date(2027, 2, 23)),
        ("in a year", date(2027, 11, 23)),
        ("hace 3 días", date(2026, 11, 20)),
        ("3 days ago", date(2026, 11, 20)),
        ("a month ago", date(2026, 10, 23)),
        ("+3d", date(2026, 11, 26)),
        ("-2 sem", date(2026, 11, 9)),
        ("fin de mes", date(2026, 11, 30)),
        ("end of the year", date(2026, 12, 31)),
        ("fin de semana", date(2026, 11, 28)),
    ],
)
def test_read_in_both_languages(locale: str, text: str, day: date) -> None:
    assert parse_date(text, locale, TODAY) == day


@pytest.mark.parametrize(
    ("locale", "text", "day"),
    [
        ("es", "03/04/2026", date(2026, 4, 3)),
        ("en-gb", "03/04/2026", date(2026, 4, 3)),
        ("en", "03/04/2026", date(2026, 3, 4)),
        ("es", "24/11", TOMORROW),
        ("en", "11/24", TOMORROW),
        ("es", "24-11-2026", TOMORROW),
        ("es", "24.11.26", TOMORROW),
        ("es", "1/2/69", date(2069, 2, 1)),
        ("es", "1/2/70", date(1970, 2, 1)),
        ("es", "mar 24", TOMORROW),
        ("en", "mar 24", date(2026, 3, 24)),
        ("es", "mar", TOMORROW),
        ("en", "tue", TOMORROW),
    ],
)
def test_the_locale_decides(locale: str, text: str, day: date) -> None:
    assert parse_date(text, locale, TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("15 ene", date(2027, 1, 15)), ("23 nov", TODAY), ("29 feb", date(2028, 2, 29)), ("24/11", TOMORROW)],
)
def test_ahead_means_the_next_one(text: str, day: date) -> None:
    assert parse_date(text, "es", TODAY, ahead=True) == day


@pytest.mark.parametrize(
    ("locale", "text", "message"),
    [
        ("es", "", "Write a date like 24/11/2026"),
        ("en", "xx", "like 11/24/2026, or a word"),
        ("es", "04/13/2026", "no month 13"),
        ("en", "24/11/2026", "no month 24"),
        ("es", "31/04/2026", "that month has 30 days"),
        ("es", "29 feb 2026", "that month has 28 days"),
        ("es", "29 feb", "that month has 28 days"),
        ("es", "24/11/0226", "year 226 is out of range"),
        ("es", "2500-01-01", "year 2500 is out of range"),
        ("es", "mar 30 nov", "30 nov is not that weekday"),
        ("es", "mar 31", "Add the month"),
        ("es", "en 9999 años", "not a date"),
        ("es", "en 2000 semanas 3", "not a date"),
        ("es", "mañana por la tarde", "not a date"),
        ("es", "3 días", "not a date"),
        ("en", "mar", "not a date"),
        ("es", "10.5", "not a date"),
        ("es", "12/2026", "not a date"),
        ("es", "0 nov", "does not exist"),
        ("es", "24 nov 2026 10:00", "not a date"),
        ("es", "٢٤/١١/٢٠٢٦", "not a date"),
        ("es", "x" * 10_000, "not a date"),
    ],
)
def test_refused_with_what_would_be_right(locale: str, text: str, message: str) -> None:
    with pytest.raises(Refusal, match=message) as refusal:
        parse_date(text, locale, TODAY)
    assert refusal.value.code == "date"
    assert len(str(refusal.value)) < 200


def test_months_end_where_they_end() -> None:
    assert parse_date("en 1 mes", "es", date(2027, 1, 31)) == date(2027, 2, 28)
    assert parse_date("en 1 mes", "es", date(2028, 1, 31)) == date(2028, 2, 29)
    assert parse_date("en 1 año", "es", date(2028, 2, 29)) == date(2029, 2, 28)


@given(
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from(["es", "es-mx", "es-co", "es-ar", "en", "en-gb"]),
)
def test_what_is_shown_can_be_typed_back(day: date, today: date, locale: str) -> None:
    formats = Formats(locale, "UTC", "EUR", today)
    for text in (
        formats.date_short(day), formats.date_full(day), formats.date_long(day), formats.weekday_date(day),
        day.isoformat(),
    ):  # fmt: skip
        assert parse_date(text, locale, today) == day, text


@given(st.text(max_size=40), st.sampled_from(["es", "en"]))
def test_any_text_is_a_day_or_a_refusal(text: str, locale: str) -> None:
    with suppress(Refusal):
        parse_date(text, locale, TODAY)
