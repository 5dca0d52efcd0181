"""Moments as people type them: `24/11/2026 10:30`, `mañana 9:00`, `lun 8 pm`, `+3d`."""

import re
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from coordina.core.parsing.days import day_example, parse_date
from coordina.core.refusals import Refusal

MORNING = time(9, 0)
"""The time of a day that was typed without one."""

_CLOCK = re.compile(
    r"(?:^|[\s,])(?:a las |at )?([0-9]{1,2})(?:[:.h]([0-9]{2})(?::[0-9]{2})?)?\s*(a\.?\s?m\.?|p\.?\s?m\.?|h)?$",
    re.ASCII | re.IGNORECASE,
)


def parse_moment(text: str, locale: str, now: datetime) -> datetime:
    """Read a day with a time.

    Args:
        text: What was typed. A day alone means nine in the morning, a time alone means today.
        locale: Of the person: order of numbers, and which language wins where words clash.
        now: The person's current moment, in their time zone; it gives today, and the zone of the answer.

    Returns:
        The moment, in the zone of `now` unless the text says another.

    Raises:
        Refusal: `datetime`, with an example; or what is wrong with the day.
    """
    plain = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    try:
        found = datetime.fromisoformat(plain)
        return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
    except ValueError:
        day, clock = _parted(plain)
    if clock is None and not day:
        raise _no_moment(text, locale, now.date())
    try:
        on = parse_date(day, locale, now.date()) if day else now.date()
    except Refusal as wrong:
        raise _no_moment(text, locale, now.date()) if wrong.code == "date" and clock is None else wrong from None
    return datetime.combine(on, clock or MORNING, now.tzinfo)


def _parted(text: str) -> tuple[str, time | None]:
    """The day and the time of a text; the whole text is the day where it ends in no time."""
    match = _CLOCK.search(text)
    if match is None or not (match[2] or match[3] or re.search("(a las|at) [0-9]+$", text, re.IGNORECASE)):
        return text, None
    hour, half = int(match[1]), (match[3] or "").lower()[:1]
    if half in ("a", "p") and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return text[: match.start()].rstrip(" ,"), time(hour, int(match[2] or 0))
    except ValueError:
        return text, None


def _no_moment(text: str, locale: str, today: date) -> Refusal:
    values = {"text": text.strip()[:40], "example": f"{day_example(locale, today)} 10:30"}
    return Refusal("datetime", _("“%(text)s” is not a day and a time. Write it like %(example)s.") % values)
