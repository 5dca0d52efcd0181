"""Days as people type them: `24/11/2026`, `24 nov`, `mañana`, `lunes`, `en 3 días`, and the same in English.

Numbers are read in the order of the person's locale only: `03/04` is 3 April in Spain and 4 March in the United States,
and `04/13` in Spain is refused rather than turned around. Words of both languages are understood everywhere; where they
disagree (`mar` is Tuesday or March) the person's language decides.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import get_date_format
from django.utils.translation import gettext as _

from coordina.core.formats import babel_locale
from coordina.core.refusals import Refusal

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""Years outside are typing accidents (`0226`, `20226`)."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_NUMERIC = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?", re.ASCII)
_WORDED = re.compile(r"(?:([0-9]{1,2})\s+([a-z]+)|([a-z]+)\s+([0-9]{1,2}))(?:\s+([0-9]{4}|[0-9]{2}))?", re.ASCII)
_WEEKDAY_NUMBER = re.compile(r"([a-z]+)\s+([0-9]{1,2})", re.ASCII)
_DISTANCE = re.compile(r"(en|dentro de|in|hace|\+|-)?\s*([0-9]{1,4}|un|una|a|an)\s*([a-z]+)(\s+ago)?", re.ASCII)

_NEAR: Final[dict[str, int]] = {
    "hoy": 0, "today": 0, "ahora": 0, "now": 0, "manana": 1, "tomorrow": 1, "pasado manana": 2, "pasado": 2,
    "day after tomorrow": 2, "the day after tomorrow": 2, "ayer": -1, "yesterday": -1, "anteayer": -2, "antier": -2,
    "antes de ayer": -2, "day before yesterday": -2, "the day before yesterday": -2,
}  # fmt: skip
_UNITS: Final[dict[str, str]] = {
    "d": "day", "dia": "day", "dias": "day", "day": "day", "days": "day",
    "sem": "week", "semana": "week", "semanas": "week", "week": "week", "weeks": "week", "w": "week",
    "mes": "month", "meses": "month", "month": "month", "months": "month",
    "ano": "year", "anos": "year", "year": "year", "years": "year",
}  # fmt: skip
_ENDS: Final[dict[str, str]] = {
    "fin de mes": "month", "final de mes": "month", "end of month": "month", "end of the month": "month",
    "fin de ano": "year", "final de ano": "year", "end of year": "year", "end of the year": "year",
    "fin de semana": "week", "weekend": "week",
}  # fmt: skip
_NEXT = re.compile(r"(?:el |este |this |next |proximo |el proximo |on )?([a-z]+)(?: que viene| proximo)?", re.ASCII)


def parse_date(text: str, locale: str, today: date, *, ahead: bool = False) -> date:
    """Read a day.

    Args:
        text: What was typed.
        locale: Language code of the person: order of numbers, and which language wins where words clash.
        today: The person's current day; words and days without a year count from it.
        ahead: A day without a year that is past means next year's. Without it a day without a year is of this year,
            as lists show it.

    Returns:
        The day. A weekday alone is the next one after today.

    Raises:
        Refusal: `date`, with examples of what would be right; or the reason (`31 April` does not exist).
    """
    plain = _plain(text)
    if match := _ISO.fullmatch(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]), text, locale, today)
    if match := _NUMERIC.fullmatch(plain):
        return _numeric(match, text, locale, today, ahead)
    found = _near(plain, locale, today)
    if found is None:
        found = _worded(plain, text, locale, today, ahead)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _no_date(text, locale, today)
    return found


def _plain(text: str) -> str:
    """Lower case without accents, commas, dots of abbreviations and the word `de`."""
    lowered = unicodedata.normalize("NFKD", text.casefold().strip()[:80])
    letters = "".join(c for c in lowered if not unicodedata.combining(c))
    if not re.search("[a-z]", letters):
        return re.sub(r"\s+", "", letters)
    if not re.match("(dentro|antes|fin|final|end) ", letters):
        letters = re.sub(r"\b(de|del|of|the)\b(?! after| before)", " ", letters)
    letters = re.sub(r"(?<=[0-9])(st|nd|rd|th|º)\b", "", letters)
    return re.sub(r"\s+", " ", re.sub(r"[.,]", " ", letters)).strip()


@cache
def day_order(locale: str) -> str:
    """`dmy`, `mdy` or `ymd`: the order of numbers in the locale."""
    pattern = get_date_format("short", babel_locale(locale)).pattern
    return "".join(c for c in dict.fromkeys(pattern.lower()) if c in "dmy")


def _languages(locale: str) -> tuple[str, ...]:
    """The person's language first, then the others we understand."""
    own = babel_locale(locale).language
    return (own, *(code for code in ("es", "en") if code != own))


def _names(*sets: Mapping[int, str]) -> dict[str, int]:
    """Words with their numbers, and every beginning of three letters or more: `sep`, `sept`."""
    words = {_plain(word): number for names in sets for number, word in names.items()}
    return {word[:size]: number for word, number in words.items() for size in range(3, len(word) + 1)}


@cache
def _months(language: str) -> dict[str, int]:
    """Months of a language, January is 1."""
    forms = Locale.parse(language).months["format"]
    return _names(forms["wide"], forms["abbreviated"]) | ({"setiembre": 9} if language == "es" else {})


def _own_months(locale: str) -> dict[str, int]:
    """Months of the person's language, without the words that are its weekdays too (`mar`)."""
    own = _languages(locale)[0]
    return {word: number for word, number in _months(own).items() if word not in _weekdays(own)}


@cache
def _weekdays(language: str) -> dict[str, int]:
    """Weekdays of a language, Monday is 0."""
    forms = Locale.parse(language).days["format"]
    return _names(forms["wide"], forms["abbreviated"])


def _day(year: int, month: int, number: int, text: str, locale: str, today: date) -> date:
    """The day of these numbers, or a refusal that says which of them cannot be."""
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal(
            "date",
            _("The year %(year)d is out of range: write one between %(first)d and %(last)d.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
        )
    if not 1 <= month <= 12:
        raise Refusal(
            "date",
            _("There is no month %(month)d. Write the date like %(example)s.")
            % {"month": month, "example": day_example(locale, today)},
        )
    try:
        return date(year, month, number)
    except ValueError:
        raise Refusal(
            "date",
            _("“%(text)s” does not exist: that month has %(days)d days.")
            % {"text": text.strip()[:40], "days": (_month_later(date(year, month, 1), 1) - timedelta(days=1)).day},
        ) from None


def _numeric(match: re.Match[str], text: str, locale: str, today: date, ahead: bool) -> date:
    """Two or three numbers in the order of the locale; with the year first only ISO is understood."""
    one, two = int(match[1]), int(match[3])
    number, month = (two, one) if day_order(locale).startswith("m") else (one, two)
    if match[4]:
        return _day(int(match[4]), month, number, text, locale, today)
    if match[2] != "/":
        raise _no_date(text, locale, today)
    return _without_year(month, number, text, locale, today, ahead)


def _without_year(month: int, number: int, text: str, locale: str, today: date, ahead: bool) -> date:
    if month == 2 and number == 29 and ahead:
        year = next(y for y in range(today.year, today.year + 9) if _leap(y) and date(y, 2, 29) >= today)
        return date(year, 2, 29)
    found = _day(today.year, month, number, text, locale, today)
    return found.replace(year=today.year + 1) if ahead and found < today else found


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _near(plain: str, locale: str, today: date) -> date | None:
    """Words that count from today."""
    if plain in _NEAR:
        return today + timedelta(days=_NEAR[plain])
    if unit := _ENDS.get(plain):
        if unit == "week":
            return today + timedelta(days=(5 - today.weekday()) % 7)
        first = today.replace(day=1) if unit == "month" else today.replace(day=1, month=12)
        return _month_later(first, 1) - timedelta(days=1)
    if (match := _NEXT.fullmatch(plain)) and match[1] not in _own_months(locale):
        for language in _languages(locale):
            if (weekday := _weekdays(language).get(match[1])) is not None:
                return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if (match := _DISTANCE.fullmatch(plain)) and (unit := _UNITS.get(match[3])):
        count = int(match[2]) if match[2].isdigit() else 1
        if not match[1] and not match[4]:
            return None
        return _distance(today, -count if match[1] in {"hace", "-"} or match[4] else count, unit)
    return None


def _distance(today: date, count: int, unit: str) -> date | None:
    """A day so many units away; None when it leaves the calendar."""
    try:
        if unit in {"day", "week"}:
            return today + timedelta(days=count * (7 if unit == "week" else 1))
        return _month_later(today, count * (12 if unit == "year" else 1))
    except (ValueError, OverflowError):
        return None


def _month_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month if that one is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = 31 if month in {1, 3, 5, 7, 8, 10, 12} else 30 if month != 2 else 29 if _leap(year) else 28
    return date(year, month, min(day.day, last))


def _worded(plain: str, text: str, locale: str, today: date, ahead: bool) -> date | None:
    """A day whose month is a word, perhaps after its weekday; or a weekday and its number."""
    languages = _languages(locale)
    for language in languages:
        match = _WEEKDAY_NUMBER.fullmatch(plain)
        if match and (weekday := _weekdays(language).get(match[1])) is not None:
            return _nearest(weekday, int(match[2]), text, today)
        if (found := _month_word(plain, _months(language), text, locale, today, ahead)) is not None:
            return found
        head, _space, rest = plain.partition(" ")
        if (weekday := _weekdays(language).get(head)) is not None:
            found = _month_word(rest, _months(language), text, locale, today, ahead)
            if found is not None and found.weekday() != weekday:
                raise Refusal(
                    "date",
                    _("%(day)s is not that weekday. Write the day without it, or the other day.") % {"day": rest[:20]},
                )
            if found is not None:
                return found
    return None


def _month_word(plain: str, months: dict[str, int], text: str, locale: str, today: date, ahead: bool) -> date | None:
    """`24 nov`, `nov 24`, either with a year; None if it is not of that kind."""
    match = _WORDED.fullmatch(plain)
    month = months.get(match[2] or match[3]) if match else None
    if match is None or month is None:
        return None
    number = int(match[1] or match[4])
    if match[5]:
        return _day(int(match[5]), month, number, text, locale, today)
    return _without_year(month, number, text, locale, today, ahead)


def _nearest(weekday: int, number: int, text: str, today: date) -> date:
    """The day nearest to today that is this weekday and has this number, a month either way at most."""
    for away in range(32):
        for day in (today + timedelta(days=away), today - timedelta(days=away)):
            if day.day == number and day.weekday() == weekday:
                return day
    raise Refusal(
        "date",
        _("No “%(text)s” is near today. Add the month.") % {"text": text.strip()[:40]},
    )


def day_example(locale: str, today: date) -> str:
    """A day in the numbers of the locale: `24/11/2026`."""
    parts = {"d": "24", "m": "11", "y": str(today.year)}
    order = day_order(locale)
    return "/".join(parts[c] for c in order) if not order.startswith("y") else f"{today.year}-11-24"


def _no_date(text: str, locale: str, today: date) -> Refusal:
    values = {"text": text.strip()[:40], "example": day_example(locale, today)}
    if not text.strip():
        return Refusal("date", _("Write a date like %(example)s, or a word such as “tomorrow”.") % values)
    return Refusal(
        "date",
        _("“%(text)s” is not a date. Write it like %(example)s, or a word such as “tomorrow”.") % values,
    )
