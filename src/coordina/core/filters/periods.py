"""Named periods in words: `this_quarter` is «este trimestre»."""

import datetime as dt
import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.refusals import Text

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_QUARTER = re.compile(r"(?P<year>[0-9]{4})-q(?P<quarter>[1-4])")
_YEAR = re.compile(r"[0-9]{4}")
_RUN = re.compile(r"(?P<which>last|next)_(?P<count>[0-9]{1,4})_days")
_SHIFT = re.compile(r"(?P<base>today|now)?(?P<count>[+-][0-9]{1,6})(?P<unit>[hdwmqy])")

PERIODS: Mapping[str, Text] = {
    "now": gettext_lazy("now"),
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
}
"""The periods a filter bar offers, with their words."""


def is_day(word: str) -> bool:
    """Whether a word names a day of the calendar, such as `2026-11-22`."""
    return _DAY.fullmatch(word) is not None


def shift_of(word: str) -> tuple[str, int, str] | None:
    """Base, count and unit of `today+30d`, `now-2h`, `-2w`; None for other words."""
    shift = _SHIFT.fullmatch(word)
    return (shift["base"] or "", int(shift["count"]), shift["unit"]) if shift else None


def period_label(word: str, start: dt.date | None, formats: Formats) -> str:
    """What a period is called; empty for words that are none.

    Args:
        word: The word in small letters.
        start: Its first day.
        formats: Formats of the reader.
    """
    if word in PERIODS:
        return str(PERIODS[word])
    if run := _RUN.fullmatch(word):
        count = int(run["count"])
        if run["which"] == "last":
            return ngettext("in the last %(n)s day", "in the last %(n)s days", count) % {"n": count}
        return ngettext("in the next %(n)s day", "in the next %(n)s days", count) % {"n": count}
    if quarter := _QUARTER.fullmatch(word):
        return gettext("in quarter %(quarter)s of %(year)s") % quarter.groupdict()
    if _MONTH.fullmatch(word) and start:
        return gettext("in %(month)s") % {"month": formats.month(start)}
    return gettext("in %(year)s") % {"year": word} if _YEAR.fullmatch(word) else ""
