"""From written values to Python values, each within bounds that every database takes.

Dates are half-open spans: a day, `this_quarter` and `2026-11` are all the same thing, so `<`, `=` and `in` mean what
people expect for each. Weeks begin on Monday.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from coordina.core.filters.ast import Form, Literal
from coordina.core.filters.fields import REFERENCE_WORDS, Asker, Family, Filterable, family_of
from coordina.core.filters.refusals import BadFilter

FIRST_YEAR, LAST_YEAR = 1900, 2199
USUAL_DIGITS, USUAL_DECIMALS = 18, 6
_MAX_ID_DIGITS = 18

_SHIFTED = re.compile(r"(?P<base>today|now)?(?P<sign>[+-])(?P<count>[0-9]{1,6})(?P<unit>[hdwmqy])")
_CALENDAR = re.compile(r"(?P<which>last|this|next)_(?P<unit>week|month|quarter|year)")
_RUN = re.compile(r"(?P<which>last|next)_(?P<count>[0-9]{1,4})_days")
_NAMED = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|q(?P<quarter>[1-4])))?")
_ISO = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[t ](?P<time>[0-9]{2}:[0-9]{2}))?")
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WHICH = {"last": -1, "this": 0, "next": 1}
_MONTHS = {"m": 1, "q": 3, "y": 12, "month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span[T: (dt.date, dt.datetime)]:
    """From `start` up to but without `end`."""

    start: T
    end: T


def number(field: Filterable, literal: Literal) -> Decimal:
    """A number within the digits of the field.

    Raises:
        BadFilter: Not a number, too long, or with more decimals than the field keeps.
    """
    if literal.form is not Form.NUMBER:
        message = _("“%(field)s” takes a number such as 1000.50, not “%(value)s”.")
        raise BadFilter(message % {"field": field.label, "value": literal.text[:40]}, literal.at)
    value = Decimal(literal.text)
    decimals = 0 if field.kind == "integer" else USUAL_DECIMALS if field.decimals is None else field.decimals
    whole = (USUAL_DIGITS if field.digits is None else field.digits) - (0 if field.digits is None else decimals)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        message = _("“%(field)s” takes at most %(limit)s decimals.")
        raise BadFilter(message % {"field": field.label, "limit": decimals}, literal.at)
    if abs(value) >= Decimal(10) ** whole:
        message = _("“%(field)s” takes numbers of at most %(limit)s digits before the point.")
        raise BadFilter(message % {"field": field.label, "limit": whole}, literal.at)
    return value


def text(field: Filterable, literal: Literal) -> str:
    """A text; bare words and numbers count as what they look like.

    Raises:
        BadFilter: When it is empty, for which there is `is empty`.
    """
    if not literal.text.strip():
        message = _("“%(field)s” takes a text. For none write: is empty.")
        raise BadFilter(message % {"field": field.label}, literal.at)
    return literal.text


def boolean(field: Filterable, literal: Literal) -> bool:
    """True or false.

    Raises:
        BadFilter: For anything else.
    """
    known = {"true": True, "false": False}
    value = known.get(literal.text.lower()) if literal.form is Form.WORD else None
    if value is None:
        raise BadFilter(_("“%(field)s” takes true or false.") % {"field": field.label}, literal.at)
    return value


def choice(field: Filterable, literal: Literal) -> Any:
    """One of the values of the field, whatever its capitals.

    Raises:
        BadFilter: Names the values there are.
    """
    by_text = {str(value): value for value, _label in field.choices}
    if literal.text in by_text:
        return by_text[literal.text]
    by_small = {key.lower(): value for key, value in by_text.items()}
    if literal.text.lower() in by_small:
        return by_small[literal.text.lower()]
    message = _("“%(field)s” takes one of: %(values)s.")
    raise BadFilter(message % {"field": field.label, "values": ", ".join(list(by_text)[:20])}, literal.at)


def references(field: Filterable, literal: Literal, asker: Asker) -> Collection[int]:
    """Ids of the records that a number or a word such as `me` stands for; tags are called by their names.

    Raises:
        BadFilter: Not an id, or a word that does not fit what the field points to.
    """
    if literal.form is Form.NUMBER and literal.text.isdigit() and len(literal.text) <= _MAX_ID_DIGITS:
        return (int(literal.text),)
    if field.kind == "tags" and field.to is not None and literal.form is not Form.NUMBER:
        rows = cast(Any, field.to._default_manager).visible_to(asker.user)
        return tuple(rows.filter(name__iexact=literal.text).values_list("pk", flat=True))
    found = _meant(literal.text.lower(), field.to, asker) if literal.form is Form.WORD and field.to else None
    if found is None:
        message = _("“%(field)s” takes the number of a record or a word such as me, not “%(value)s”.")
        raise BadFilter(message % {"field": field.label, "value": literal.text[:40]}, literal.at)
    return found


def _meant(word: str, model: type[Model], asker: Asker) -> Collection[int] | None:
    if word == "me":
        return (asker.user.pk,) if isinstance(asker.user, model) else None
    known = REFERENCE_WORDS.get(word)
    return known(asker.user, model) if known else None


def days(field: Filterable, literal: Literal, asker: Asker) -> Span[dt.date]:
    """The days that a date, a shift from today or a named period stands for.

    Raises:
        BadFilter: Not a date, or outside the years 1900 to 2199.
    """
    word = literal.text.lower()
    try:
        span = _calendar_span(word, asker.today)
    except (ValueError, OverflowError):
        span = None
    if span is None:
        message = _("“%(field)s” takes a date such as 2026-11-22, today+30d or this_quarter, not “%(value)s”.")
        raise BadFilter(message % {"field": field.label, "value": literal.text[:40]}, literal.at)
    if not (span.start.year >= FIRST_YEAR and span.end <= dt.date(LAST_YEAR + 1, 1, 1)):
        message = _("“%(field)s” takes dates from %(first)s to %(last)s.")
        raise BadFilter(message % {"field": field.label, "first": FIRST_YEAR, "last": LAST_YEAR}, literal.at)
    return span


def moments(field: Filterable, literal: Literal, asker: Asker) -> Span[dt.datetime]:
    """The same for moments: days of the asker's time zone, or an exact minute or hour.

    Raises:
        BadFilter: As `days`.
    """
    exact = _instant(literal.text.lower(), asker)
    if exact is not None and FIRST_YEAR <= exact.year <= LAST_YEAR:
        return Span(exact, exact + dt.timedelta(microseconds=1))
    span = days(field, literal, asker)
    return Span(_midnight(span.start, asker), _midnight(span.end, asker))


def _midnight(day: dt.date, asker: Asker) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=asker.time_zone)


def _instant(word: str, asker: Asker) -> dt.datetime | None:
    """`now`, `now-2h`, `2026-11-22t10:30`; None for all that is no instant."""
    try:
        if word == "now":
            return asker.now
        if (shift := _SHIFTED.fullmatch(word)) and (shift["unit"] == "h" or shift["base"] == "now"):
            count = int(shift["sign"] + shift["count"])
            if shift["unit"] == "h":
                return asker.now + dt.timedelta(hours=count)
            local = asker.now.astimezone(asker.time_zone)
            return dt.datetime.combine(_shifted(local.date(), count, shift["unit"]), local.timetz())
        if (iso := _ISO.fullmatch(word)) and iso["time"]:
            time = dt.time.fromisoformat(iso["time"])
            return dt.datetime.combine(dt.date.fromisoformat(iso["day"]), time, tzinfo=asker.time_zone)
    except (ValueError, OverflowError):
        return None
    return None


def _calendar_span(word: str, today: dt.date) -> Span[dt.date] | None:
    """The days of a word; None where it is no word for days."""
    if word in _DAYS:
        return _one(today + dt.timedelta(days=_DAYS[word]))
    if (shift := _SHIFTED.fullmatch(word)) and shift["unit"] != "h" and shift["base"] != "now":
        return _one(_shifted(today, int(shift["sign"] + shift["count"]), shift["unit"]))
    if period := _CALENDAR.fullmatch(word):
        return _period(today, _WHICH[period["which"]], period["unit"])
    if run := _RUN.fullmatch(word):
        count = dt.timedelta(days=int(run["count"]))
        tomorrow = today + dt.timedelta(days=1)
        return Span(tomorrow - count, tomorrow) if run["which"] == "last" else Span(today, today + count)
    if named := _NAMED.fullmatch(word):
        return _named(int(named["year"]), named["month"], named["quarter"])
    if (iso := _ISO.fullmatch(word)) and not iso["time"]:
        return _one(dt.date.fromisoformat(iso["day"]))
    return None


def _one(day: dt.date) -> Span[dt.date]:
    return Span(day, day + dt.timedelta(days=1))


def _shifted(day: dt.date, count: int, unit: str) -> dt.date:
    """A day moved by days, weeks, months, quarters or years; the end of a shorter month where needed."""
    if unit in ("d", "w"):
        return day + dt.timedelta(days=count * (7 if unit == "w" else 1))
    years, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS[unit], 12)
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def _period(today: dt.date, step: int, unit: str) -> Span[dt.date]:
    if unit == "week":
        start = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=step)
        return Span(start, start + dt.timedelta(weeks=1))
    months = _MONTHS[unit]
    first = dt.date(today.year, (today.month - 1) // months * months + 1, 1)
    start = _shifted(first, step * months, "m")
    return Span(start, _shifted(start, months, "m"))


def _named(year: int, month: str | None, quarter: str | None) -> Span[dt.date]:
    """A year, a month of it or a quarter of it."""
    if month:
        start = dt.date(year, int(month), 1)
        return Span(start, _shifted(start, 1, "m"))
    if quarter:
        start = dt.date(year, int(quarter) * 3 - 2, 1)
        return Span(start, _shifted(start, 3, "m"))
    return Span(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))


_READERS: dict[Family, Callable[[Filterable, Literal], Any]] = {
    Family.TEXT: text,
    Family.LONG: text,
    Family.NUMBER: number,
    Family.BOOL: boolean,
    Family.CHOICE: choice,
    Family.CHOICES: choice,
}


def plain(field: Filterable, literal: Literal) -> Any:
    """The value of a literal for the families that need no asker: text, number, choice, bool."""
    return _READERS[family_of(field)](field, literal)
