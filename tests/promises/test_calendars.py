"""Delivery calendars: what the settings say, and what counts for which warehouse."""

import datetime as dt

import pytest
from django.utils import timezone

from coordina.core.refusals import Refusal
from coordina.promises import rules
from coordina.promises.calendars import days_off, terms_by, terms_of
from coordina.promises.models import ClosingDay, WorkCalendar
from tests.stock.ground import Stock

pytestmark = pytest.mark.django_db


def made(stock: Stock, name: str = "General", **values: object) -> WorkCalendar:
    found: WorkCalendar = stock.create(WorkCalendar, name=name, **values)
    return found


def test_without_a_calendar_it_is_monday_to_friday_with_the_holidays_of_the_country(stock: Stock) -> None:
    terms = terms_of(None)
    assert (terms.weekdays, terms.cutoff, terms.handling, terms.transit) == (frozenset(range(5)), 14, 1, 2)
    assert not rules.works(dt.date(2026, 12, 25), terms) and rules.works(dt.date(2026, 12, 24), terms)
    assert terms_of(None, transit=5).transit == 5


def test_a_warehouse_goes_by_its_own_calendar_and_the_others_by_the_general_one(stock: Stock) -> None:
    made(stock, country="ES", region="MD", handling_days="2", transit_days="3", cutoff="11")
    made(stock, "Sur", warehouse=stock.spare, country="ES", region="AN", saturday="true")
    general, south = terms_of(stock.main.pk), terms_of(stock.spare.pk)
    assert (general.handling, general.transit, general.cutoff) == (2, 3, 11)
    assert terms_of(None).handling == 2 and terms_of(stock.main.pk, transit=1).transit == 1
    assert 5 in south.weekdays and 5 not in general.weekdays
    madrid, andalusia = dt.date(2025, 5, 2), dt.date(2025, 2, 28)
    assert not rules.works(madrid, general) and rules.works(madrid, south)
    assert rules.works(andalusia, general) and not rules.works(andalusia, south)


def test_the_company_closes_when_it_says_so(stock: Stock) -> None:
    calendar = made(stock, country="ES", region="MD")
    stock.create(ClosingDay, calendar=calendar, name="Inventario", first_on="2026-12-22")
    stock.create(ClosingDay, calendar=calendar, name="Navidad", first_on="2026-12-28", last_on="2026-12-31")
    assert rules.next_working(dt.date(2026, 12, 28), terms_by(calendar)) == dt.date(2027, 1, 4)
    found = days_off(calendar, dt.date(2026, 12, 20), 5)
    assert [(one.day.day, one.why) for one in found][:3] == [
        (22, "Inventario"), (25, "Natividad del Señor"), (28, "Navidad"),
    ]  # fmt: skip
    assert len(found) == 5
    with pytest.raises(Refusal) as order:
        stock.create(ClosingDay, calendar=calendar, name="Al revés", first_on="2026-12-31", last_on="2026-12-01")
    with pytest.raises(Refusal) as long:
        stock.create(ClosingDay, calendar=calendar, name="Sabático", first_on="2026-01-01", last_on="2027-12-01")
    assert (order.value.code, long.value.code) == ("order", "long")


def test_a_calendar_that_cannot_be_is_refused_at_its_field(stock: Stock) -> None:
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "false")
    for values, field in (
        (week, "monday"),
        ({"country": "ES", "region": "Atlantis"}, "region"),
        ({"region": "MD"}, "region"),
        ({"country": "VA", "region": "X"}, "region"),
        ({"cutoff": "25"}, "cutoff"),
        ({"handling_days": "-1"}, "handling_days"),
    ):
        with pytest.raises(Refusal) as refused:
            made(stock, **values)
        assert field in refused.value.errors, values
    first = made(stock)
    with pytest.raises(Refusal) as refused:
        made(stock, "Otro")
    assert "warehouse" in refused.value.errors
    made(stock, "Central", warehouse=stock.main)
    with pytest.raises(Refusal):
        made(stock, "Central otra vez", warehouse=stock.main)
    stock.edit(first, name="Todos")
    with pytest.raises(Refusal):
        stock.edit(first, **week)


def test_the_page_of_a_calendar_says_what_comes(stock: Stock) -> None:
    calendar = made(stock, country="ES", region="MD")
    page = stock.client(stock.boss).get(f"/work-calendars/{calendar.pk}/").content.decode()
    off = days_off(calendar, timezone.localdate(), 1)[0]
    assert off.why in page
    assert stock.client(stock.rep).get(f"/work-calendars/{calendar.pk}/edit/").status_code == 403
