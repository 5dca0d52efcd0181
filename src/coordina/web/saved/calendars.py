"""A calendar of any list by any of its days: a month or a week as a grid, an agenda on a phone."""

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import Any

from babel.dates import get_day_names
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.actions import standard
from coordina.core.filters import Form, Literal, Operator, Test
from coordina.core.filters.edit import added
from coordina.core.formats import babel_locale
from coordina.core.keyset import rows
from coordina.core.pieces import pieces
from coordina.core.types import Field, Kind
from coordina.records.grouping import days_of
from coordina.web.access import reached
from coordina.web.listing import Listing
from coordina.web.saved.tabs import Tab
from coordina.web.sentences import capital_of

MOST = 400
"""Entries that are read in one go; where more fall into the grid, only the first of each day are."""
IN_MONTH, IN_WEEK = 4, 20
WEEK = "week"
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid.

    Attributes:
        name: Its weekday, for the agenda.
        outside: Whether it belongs to the month before or after.
        more: How many further entries it has, as text; its list has them.
    """

    iso: str
    number: str
    name: str
    label: str
    today: bool
    outside: bool
    entries: SafeString
    count: int
    more: str
    more_url: str
    new_url: str


def day_field(listing: Listing) -> Field | None:
    """The day a calendar goes by: the one asked for, else the first that the view shows, else any."""
    offered = days_of(listing.known, listing.user)
    if listing.on is not None:
        return offered.get(listing.on.name)
    wanted = str(listing.known.extra.get("calendar", ""))
    names = [wanted, *(n for n in listing.names if n != "changed_at"), *listing.known.quick, *offered]
    return next((offered[name] for name in names if name in offered), None)


def asked_day(request: Any, today: dt.date) -> dt.date:
    """The day around which the calendar is shown; today where the address makes no sense."""
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if FIRST_YEAR < day.year < LAST_YEAR else today


def calendar_context(request: Any, listing: Listing) -> dict[str, Any]:
    """What the calendar is given besides what every layout shows."""
    about = day_field(listing)
    if about is None or listing.error:
        return {"days": [], "day_axes": []}
    week = listing.state.get("span") == WEEK
    at = asked_day(request, listing.asker.today)
    first, last = grid_of(at, week=week)
    entries = Entries(listing, about, first, last, IN_WEEK if week else IN_MONTH)
    days = [entries.day(first + dt.timedelta(days=n), at, week=week) for n in range((last - first).days + 1)]
    names = get_day_names("abbreviated", locale=babel_locale(listing.formats.locale))
    before, after = beside(at, week=week)
    return {
        "days": days,
        "week": week,
        "weekdays": [capital_of(names[number]) for number in range(7)],
        "period": period_of(listing, first, at, week=week),
        "previous_day_url": listing.url(day=before.isoformat()),
        "next_day_url": listing.url(day=after.isoformat()),
        "today_url": listing.url(day=""),
        "day_axes": day_tabs(listing, about),
        "spans": [
            Tab(_("Month"), listing.url(span="", day=at.isoformat()), not week),
            Tab(_("Week"), listing.url(span=WEEK, day=at.isoformat()), week),
        ],
        "about": about,
        "any_rows": any(day.count for day in days if not day.outside),
        "moves": entries.moves,
    }


def grid_of(at: dt.date, *, week: bool) -> tuple[dt.date, dt.date]:
    """The first and the last day of the grid; weeks begin on Monday."""
    if week:
        first = at - dt.timedelta(days=at.weekday())
        return first, first + dt.timedelta(days=6)
    month = at.replace(day=1)
    first = month - dt.timedelta(days=month.weekday())
    end = (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return first, end + dt.timedelta(days=6 - end.weekday())


def beside(at: dt.date, *, week: bool) -> tuple[dt.date, dt.date]:
    """A day of the week or month before, and one of that after."""
    if week:
        return at - dt.timedelta(weeks=1), at + dt.timedelta(weeks=1)
    month = at.replace(day=1)
    return (month - dt.timedelta(days=1)).replace(day=1), (month + dt.timedelta(days=32)).replace(day=1)


def period_of(listing: Listing, first: dt.date, at: dt.date, *, week: bool) -> str:
    """What is shown, in words."""
    if not week:
        return capital_of(listing.formats.month(at))
    last = first + dt.timedelta(days=6)
    return f"{listing.formats.date_short(first)} – {listing.formats.date_full(last)}"


def day_tabs(listing: Listing, now: Field) -> list[Tab]:
    """The days one may choose."""
    return [
        Tab(capital_of(field.label), listing.url(on=name, layout="calendar"), name == now.name)
        for name, field in days_of(listing.known, listing.user).items()
    ]


class Entries:
    """The records that fall on the days of a grid.

    Args:
        listing: The list.
        about: The day they go by.
        first, last: Days of the grid.
        size: Entries of a day at most.
    """

    def __init__(self, listing: Listing, about: Field, first: dt.date, last: dt.date, size: int) -> None:
        self.listing, self.about, self.size = listing, about, size
        edit = standard(listing.known.model, "edit")
        self.moves = about.name in listing.known.sight(listing.user).editable and edit is not None and not edit.hidden
        self.by_day: dict[dt.date, list[int]] = {}
        self.counts: dict[dt.date, int] = {}
        found = list(self._within(first, last).order_by(about.path, "pk").values_list("pk", about.path)[: MOST + 1])
        if len(found) <= MOST:
            for pk, value in found:
                self.by_day.setdefault(self._day(value), []).append(pk)
            self.counts = {day: len(ids) for day, ids in self.by_day.items()}
        else:
            self._first_of_days(first, last)
        shown = [pk for ids in self.by_day.values() for pk in ids[:size]]
        self.html = self._drawn(shown, edit.permission if edit else "")

    def _within(self, first: dt.date, last: dt.date) -> QuerySet[Any]:
        """Rows from a day up to and with another."""
        after = last + dt.timedelta(days=1)
        bounds: list[Any] = [first, after]
        if self.about.kind is Kind.DATETIME:
            bounds = [dt.datetime.combine(d, dt.time.min, tzinfo=self.listing.asker.time_zone) for d in bounds]
        path = self.about.path
        return self.listing.source.filter(**{f"{path}__gte": bounds[0], f"{path}__lt": bounds[1]})

    def _day(self, value: Any) -> dt.date:
        if isinstance(value, dt.datetime):
            return value.astimezone(self.listing.asker.time_zone).date()
        day: dt.date = value
        return day

    def _first_of_days(self, first: dt.date, last: dt.date) -> None:
        """Many rows: the first ones of each day and how many there are, in one reading of the span."""
        path = self.about.path
        moment = self.about.kind is Kind.DATETIME
        day = TruncDate(path, tzinfo=self.listing.asker.time_zone) if moment else F(path)
        place = Window(RowNumber(), partition_by=[day], order_by=[F(path), F("pk")])
        count = Window(Count("pk"), partition_by=[day])
        rows = self._within(first, last).annotate(place=place, of_day=count).filter(place__lte=self.size)
        for pk, value, number in rows.order_by(path, "pk").values_list("pk", path, "of_day"):
            self.by_day.setdefault(self._day(value), []).append(pk)
            self.counts[self._day(value)] = number

    def _drawn(self, ids: list[int], permission: str) -> dict[int, str]:
        """Entries by id, each one escaped string."""
        if not ids:
            return {}
        known, listing = self.listing.known, self.listing
        title = known.fields[known.title].path
        found = rows(known.model, ids, "version", title, self.about.path)
        may = reached(listing.user, permission, known, ids) if self.moves else set()
        home = reverse("web:list", args=(known.url,))
        label, icon = escape(_("Change the day of")), pieces().icon("calendar-event", "xs")
        query = "?" + escape(listing.elsewhere("web:list").partition("?")[2])
        out: dict[int, str] = {}
        for pk, version, name, value in found:
            text, url = escape(str(name or "—")), f"{home}{pk}/"
            time = f'<span class="num quiet">{escape(listing.formats.time(value))}</span> ' if isinstance(
                value, dt.datetime) else ""  # fmt: skip
            move, button = "", ""
            if may is None or pk in may:
                put = f"{url}put/{self.about.name}/"
                move = f' data-put-url="{put}{query}" data-version="{version}"'
                back = escape(listing.url())
                button = (
                    f'<a class="cal-move" href="{put}?next={escape(_quoted(back))}" hx-get="{put}?next='
                    f'{escape(_quoted(back))}" hx-target="#dialog-host" aria-label="{label} {text}" title="{label} '
                    f'{text}">{icon}</a>'
                )
            out[pk] = (
                f'<li class="cal-entry" data-entry="{pk}" data-title="{text}"{move}>'
                f'<a href="{url}" title="{text}">{time}{text}</a>{button}</li>'
            )
        return out

    def day(self, day: dt.date, at: dt.date, *, week: bool) -> Day:
        """One day of the grid."""
        formats = self.listing.formats
        ids = self.by_day.get(day, [])
        count = self.counts.get(day, 0)
        beyond = count - self.size
        more = _("%(n)s more") % {"n": formats.integer(beyond)} if beyond > 0 else ""
        test = Test(self.about.name, Operator.IN, (Literal(Form.WORD, day.isoformat()),))
        new = reverse("web:new", args=(self.listing.known.url,))
        return Day(
            day.isoformat(),
            str(day.day),
            formats.weekday_date(day),
            formats.date_long(day),
            day == self.listing.asker.today,
            not week and day.month != at.month,
            SafeString("".join(self.html.get(pk, "") for pk in ids[: self.size])),
            count,
            more,
            self.listing.url(node=added(self.listing.node, test), layout="list") if more else "",
            f"{new}?{self.about.name}={day.isoformat()}",
        )


def _quoted(url: str) -> str:
    from urllib.parse import quote

    return quote(url, safe="")
