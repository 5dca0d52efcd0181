"""Dates as people and programs write them: read one, and decide the order of day and month of a whole column."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from coordina.records.imports.folding import plain
from coordina.records.imports.reasons import Code, Reason, because

CENTURY_TURNS = 69
"""Two-digit years below this are 20xx, the others 19xx (as POSIX does)."""


class Order(StrEnum):
    """In which order the parts of a numeric date stand."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"

    @property
    def example(self) -> str:
        """One unmistakable date written in this order."""
        return {Order.DMY: "31/12/2024", Order.MDY: "12/31/2024", Order.YMD: "2024-12-31"}[self]


class Written(NamedTuple):
    """A text that has the shape of a date, before its order is known.

    Attributes:
        first, second, third: the numbers as they stand; with `named` the order is year, month, day.
        named: whether the order is known, because the month is a word or the year has four digits and stands first.
        short_year: whether the year has two digits.
        clock: time of the day, None when none is written or when it is impossible.
        offset: distance from UTC in minutes when it is written.
        clock_wrong: whether a time is written that does not exist.
    """

    first: int
    second: int
    third: int
    named: bool
    short_year: bool
    clock: time | None
    offset: int | None
    clock_wrong: bool


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan",
            "febrero feb february",
            "marzo mar march",
            "abril abr april apr",
            "mayo may",
            "junio jun june",
            "julio jul july",
            "agosto ago august aug",
            "septiembre setiembre sep sept set september",
            "octubre oct october",
            "noviembre nov november",
            "diciembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"""(?:(?:[T ,]|\ a\ las\ |\ at\ )\s*
    (?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?
    \s*(?P<half>[ap]\.?\s?m\.?)?
    \s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"""
_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[-/.\ ])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{1,2})" + _CLOCK, re.VERBOSE | re.IGNORECASE
)
_COMPACT = re.compile(r"(?P<a>(?:19|20)\d\d)(?P<b>[01]\d)(?P<c>[0-3]\d)" + _CLOCK, re.VERBOSE | re.IGNORECASE)
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]{2,10}\.?,?\ )?(?P<day>\d{1,2})(?:st|nd|rd|th|º|\.)?[\ \-/.]*(?:de\ |of\ )?"
    r"(?P<month>[^\W\d]{3,10})\.?,?"
    r"[\ \-/.]*(?:de\ |del\ )?(?P<year>\d{4}|\d{2})" + _CLOCK,
    re.VERBOSE | re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]{2,10}\.?,?\ )?(?P<month>[^\W\d]{3,10})\.?[\ \-](?P<day>\d{1,2})(?:st|nd|rd|th)?,?[\ \-](?P<year>\d{4})"
    + _CLOCK,
    re.VERBOSE | re.IGNORECASE,
)
_POSSIBLE = re.compile(r"\d{8}|(?=.*\d)\d*\D+\d*\D")
_MAX_LENGTH = 60


@lru_cache(maxsize=4096)
def read(text: str) -> Written | None:
    """The parts of a date, or None when the text does not have the shape of one.

    Args:
        text: any text; blanks around it do not count.
    """
    text = " ".join(text[: _MAX_LENGTH * 2].split())
    if len(text) > _MAX_LENGTH or not _POSSIBLE.match(text):
        return None
    if match := _NUMERIC.fullmatch(text):
        a, c = match["a"], match["c"]
        years = (len(a) == 4) + (len(c) == 4)
        if len(a) == 3 or years == 2 or (not years and (len(c) == 1 or match["sep"] == " ")):
            return None
        return _written(match, int(a), int(match["b"]), int(c), len(a) == 4, len(a) < 4 and len(c) < 3)
    if match := _COMPACT.fullmatch(text):
        return _written(match, int(match["a"]), int(match["b"]), int(match["c"]), True, False)
    if match := _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text):
        month = _MONTHS.get(plain(match["month"]))
        if month is None:
            return None
        year = match["year"]
        return _written(match, _full_year(int(year), len(year) < 3), month, int(match["day"]), True, False)
    return None


def _written(match: re.Match[str], first: int, second: int, third: int, named: bool, short: bool) -> Written:
    """Put the numbers of a matched date and its time together."""
    if match["hour"] is None:
        return Written(first, second, third, named, short, None, None, False)
    hour, half = int(match["hour"]), (match["half"] or "").casefold()[:1]
    if half:
        wrong = not 1 <= hour <= 12
        hour = hour % 12 + (12 if half == "p" else 0)
    else:
        wrong = hour > 23
    minute, second_of = int(match["minute"]), int(match["second"] or 0)
    wrong = wrong or minute > 59 or second_of > 59
    clock = None if wrong else time(hour, minute, second_of)
    return Written(first, second, third, named, short, clock, _offset(match["zone"]), wrong)


def _offset(zone: str | None) -> int | None:
    """Minutes from UTC of a written zone."""
    if zone is None:
        return None
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if zone[0] == "-" else minutes) if minutes < 24 * 60 else None


def _full_year(year: int, short: bool) -> int:
    """A year with its century."""
    if not short:
        return year
    return year + (2000 if year < CENTURY_TURNS else 1900)


def parts(written: Written, order: Order) -> tuple[int, int, int] | None:
    """Year, month and day, or None when the numbers cannot stand in this order."""
    first, second, third, named, short = written[:5]
    if named:
        return first, second, third
    if order is Order.YMD:
        found = (_full_year(first, True), second, third) if short else None
    elif order is Order.MDY:
        found = (_full_year(third, short), first, second)
    else:
        found = (_full_year(third, short), second, first)
    if found is None or not (1 <= found[1] <= 12 and 1 <= found[2] <= 31):
        return None
    return found


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How the dates of a column are written, decided over all its rows.

    Attributes:
        order: order of numeric dates; text months and years in front need none.
        ambiguous: whether every numeric date fits day/month and month/day alike, so that somebody must look.
        misfits: values that do not fit the order, out of those that have the shape of a date.
        timed: whether a time of day occurs.
        zoned: whether a zone occurs.
        short_years: whether two-digit years occur.
        numeric: whether dates occur whose order had to be decided.
        example: a value of the column that shows the choice, "" when there is none.
    """

    order: Order = Order.YMD
    numeric: bool = False
    ambiguous: bool = False
    misfits: int = 0
    timed: bool = False
    zoned: bool = False
    short_years: bool = False
    example: str = ""


@dataclass(slots=True)
class DateVotes:
    """What the dates of a column seen so far say about their order; its size does not grow."""

    fits: Counter[Order] = field(default_factory=Counter)
    numeric: int = 0
    total: int = 0
    timed: bool = False
    zoned: bool = False
    short_years: bool = False
    example: str = ""

    def add(self, text: str, weight: int = 1) -> bool:
        """Count one value; False when it does not have the shape of a date."""
        written = read(text)
        if written is None:
            return False
        self.total += weight
        self.timed = self.timed or written.clock is not None
        self.zoned = self.zoned or written.offset is not None
        if written.named:
            self.example = self.example or text
            return True
        if not self.numeric:
            self.example = text
        self.numeric += weight
        self.short_years = self.short_years or written.short_year
        fitting = [order for order in Order if parts(written, order)]
        for order in fitting:
            self.fits[order] += weight
        if (Order.DMY in fitting) != (Order.MDY in fitting):
            self.example = text
        return True

    def decide(self, prefer: Order = Order.DMY) -> DateFormat:
        """Choose the order that the most values fit; between equals the preferred one, marked as ambiguous.

        Args:
            prefer: order for a column that leaves it open, by the language of its reader or its sister columns.
        """
        if not self.numeric:
            return DateFormat(timed=self.timed, zoned=self.zoned, example=self.example)
        most = max(self.fits.values(), default=0)
        best = [order for order in Order if self.fits[order] == most and most]
        if Order.DMY in best or Order.MDY in best:
            best = [order for order in best if order is not Order.YMD]
        order = prefer if prefer in best or not best else best[0]
        return DateFormat(
            order=order,
            numeric=True,
            ambiguous=len(best) > 1,
            misfits=self.numeric - self.fits[order],
            timed=self.timed,
            zoned=self.zoned,
            short_years=self.short_years,
            example=self.example,
        )


def agree(formats: list[DateFormat]) -> Order | None:
    """The order that the certain columns of one file share, to settle the ambiguous ones; None when they differ."""
    certain = {found.order for found in formats if found.numeric and not found.ambiguous and not found.misfits}
    return certain.pop() if len(certain) == 1 else None


def to_moment(text: str, shape: DateFormat) -> datetime | Reason:
    """The date and time that a text means; midnight when no time is written; aware only when a zone is written."""
    written = read(text)
    if written is None:
        return because(Code.DATE_UNREADABLE, value=text, example=shape.order.example)
    found = parts(written, shape.order)
    if found is None:
        return because(Code.DATE_OTHER_ORDER, value=text, example=shape.order.example)
    if written.clock_wrong:
        return because(Code.TIME_NOT_REAL, value=text)
    try:
        day = date(*found)
    except ValueError:
        return because(Code.DATE_NOT_REAL, value=text)
    zone: tzinfo | None = None if written.offset is None else timezone(timedelta(minutes=written.offset))
    return datetime.combine(day, written.clock or time(), tzinfo=zone)
