"""The terms by which goods leave a warehouse, as the settings say them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from coordina.accounts.company import the_company
from coordina.promises.feasts import Closed, Feasts, UnknownRegion, feasts_of
from coordina.promises.models import ClosingDay, WorkCalendar
from coordina.promises.rules import Terms

LOOKED = 370
"""Days that are looked through for days off to show."""


def terms_of(warehouse: int | None, *, transit: int | None = None) -> Terms:
    """How goods leave a warehouse: by its own calendar, else by that of all; without any, Monday to Friday.

    Args:
        warehouse: Id; None where it is open which one.
        transit: Working days on the way, where a carrier says it.
    """
    rows = WorkCalendar.objects.filter(warehouse=None).order_by("pk")
    own = WorkCalendar.objects.filter(warehouse=warehouse).first() if warehouse is not None else None
    return terms_by(own or rows.first(), transit=transit)


def terms_by(calendar: WorkCalendar | None, *, transit: int | None = None) -> Terms:
    """The terms that a calendar says; the usual ones, with the holidays of the company's country, where there is none.

    Args:
        calendar: None for the usual ones.
        transit: Working days on the way, where a carrier says it.
    """
    if calendar is None:
        company = the_company()
        usual = Terms(closed=Closed(_known_feasts(company.country if company else "", "")))
        return usual if transit is None else Terms(closed=usual.closed, transit=transit)
    spans = ClosingDay.objects.filter(calendar=calendar).order_by("pk").values_list("first_on", "last_on")
    return Terms(
        weekdays=calendar.weekdays,
        closed=Closed(
            _known_feasts(calendar.country, calendar.region), [(first, last or first) for first, last in spans]
        ),
        cutoff=calendar.cutoff,
        handling=calendar.handling_days,
        transit=calendar.transit_days if transit is None else transit,
    )


def _known_feasts(country: str, region: str) -> Feasts:
    """Those of the region; of the country where the region is no longer known; none of a country that nobody knows."""
    for part in (region, ""):
        try:
            return feasts_of(country, part)
        except UnknownRegion:
            continue
    return Feasts()


@dataclass(frozen=True, slots=True)
class DayOff:
    """A weekday that is none.

    Attributes:
        why: Name of the holiday, or what the company closes for.
    """

    day: dt.date
    why: str


def days_off(calendar: WorkCalendar, today: dt.date, many: int) -> Sequence[DayOff]:
    """The next days off that would be working days by the week alone, the nearest first."""
    feasts = _known_feasts(calendar.country, calendar.region)
    rows = ClosingDay.objects.filter(calendar=calendar).order_by("first_on", "pk")
    own = [(row.first_on, row.last_on or row.first_on, row.name) for row in rows]
    found: list[DayOff] = []
    for ahead in range(LOOKED):
        day = today + dt.timedelta(days=ahead)
        if day.weekday() not in calendar.weekdays:
            continue
        why = feasts.get(day) or next((name for first, last, name in own if first <= day <= last), "")
        if why:
            found.append(DayOff(day, why))
        if len(found) == many:
            break
    return found
