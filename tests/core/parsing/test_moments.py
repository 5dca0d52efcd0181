"""Days with their times as people type them, from Monday 23 November 2026, eight in the evening in Madrid."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from coordina.core.formats import formats_of
from coordina.core.parsing import parse_moment
from coordina.core.refusals import Refusal

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize(
    ("text", "locale", "found"),
    [
        ("24/11/2026 10:30", "es", "2026-11-24T10:30"),
        ("11/24/2026 10:30", "en", "2026-11-24T10:30"),
        ("2026-11-24T10:30", "es", "2026-11-24T10:30"),
        ("2026-11-24 10:30:15", "en", "2026-11-24T10:30:15"),
        ("24 nov, 11:20", "es", "2026-11-24T11:20"),
        ("24 de nov, 11:20\u00a0p.\u00a0m.", "es-co", "2026-11-24T23:20"),
        ("24 nov 6:05 p.m.", "es-mx", "2026-11-24T18:05"),
        ("mañana 9:00", "es", "2026-11-24T09:00"),
        ("mañana a las 16", "es", "2026-11-24T16:00"),
        ("tomorrow at 8 pm", "en", "2026-11-24T20:00"),
        ("lun 12 am", "es", "2026-11-30T00:00"),
        ("lun 12 pm", "es", "2026-11-30T12:00"),
        ("mañana", "es", "2026-11-24T09:00"),
        ("+3d", "es", "2026-11-26T09:00"),
        ("24/11/2026", "es", "2026-11-24T09:00"),
        ("mar 24", "es", "2026-11-24T09:00"),
        ("22:15", "es", "2026-11-23T22:15"),
        ("10h30", "es", "2026-11-23T10:30"),
    ],
)
def test_moments_are_read(text: str, locale: str, found: str) -> None:
    assert parse_moment(text, locale, NOW) == datetime.fromisoformat(found).replace(tzinfo=NOW.tzinfo)


def test_a_zone_that_is_said_counts() -> None:
    assert parse_moment("2026-11-24T10:30+00:00", "es", NOW).utcoffset() is not None
    assert parse_moment("2026-11-24T10:30Z", "es", NOW).isoformat() == "2026-11-24T10:30:00+00:00"


@pytest.mark.parametrize("text", ["", "cuando sea", "24/11/2026 25:00", "99:99", "mañana 9:75"])
def test_nothing_that_can_be_read(text: str) -> None:
    with translation.override("es"), pytest.raises(Refusal) as refused:
        parse_moment(text, "es", NOW)
    assert "24/11/2026 10:30" in str(refused.value.message)


def test_the_day_alone_may_be_what_is_wrong() -> None:
    with translation.override("es"), pytest.raises(Refusal) as refused:
        parse_moment("31/04/2026 10:00", "es", NOW)
    assert "30" in str(refused.value.message)


@pytest.mark.parametrize("locale", ["es", "es-mx", "es-co", "es-cl", "es-pe", "en", "en-gb", "en-es", "en-001"])
def test_what_forms_and_pages_write_is_read_back(locale: str) -> None:
    formats, at = formats_of(locale, "Europe/Madrid", "EUR", NOW), NOW.replace(month=12, day=4, minute=5)
    assert parse_moment(formats.moment_figures(at), locale, NOW) == at
    assert parse_moment(formats.exact(at), locale, NOW) == at
    assert parse_moment(formats.datetime(at), locale, NOW) == at
