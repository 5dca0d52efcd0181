"""Numbers, money, dates and times as a person reads them, fast enough to format every cell of every list.

Babel's patterns are read once per locale; after that a cell costs plain string work. One `Formats` belongs to a locale,
a time zone, a reporting currency and a day (today decides whether a date shows its year); `formats_of` keeps the recent
ones. Differences from CLDR, all on purpose: the minus is `−`, zero has no sign, a Spanish weekday takes no comma
(«lun 30 nov»), and a currency written in letters keeps a no-break space from its number.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_date_format
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from django.utils import translation
from django.utils.translation import gettext as _

from coordina.core.money import minor_units

type Number = Decimal | int | float

NBSP: Final = "\u00a0"
MINUS: Final = "−"
NEAR_DAYS: Final = 7
"""A weekday names a day by itself («mar 24») up to this many days away."""

_KEPT_DATES = 20_000
_SIZES = ("B", "kB", "MB", "GB", "TB")


def babel_locale(code: str) -> Locale:
    """Babel's locale for a language code of ours (`es`, `es-mx`, `es_419`); English if it knows none."""
    parts = code.replace("-", "_").split("_")
    try:
        return Locale.parse("_".join([parts[0].lower(), *(p.upper() for p in parts[1:])]))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(parts[0].lower()) if parts[0].lower() in {"es", "en"} else Locale.parse("en")


class _Dates(dict[dt.date, str]):
    """Formatted dates by day; forgets everything when it grows past any real list."""

    def __init__(self, write: Callable[[dt.date], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, day: dt.date) -> str:
        if len(self) >= _KEPT_DATES:
            self.clear()
        text = self[day] = self._write(day)
        return text


@dataclass(frozen=True, slots=True)
class _Affix:
    """What stands around an amount of a currency, positive and negative, and the format of its cents."""

    before: str
    after: str
    minus_before: str
    minus_after: str
    cents: str


@dataclass(frozen=True)
class Formats:
    """Everything a page needs to write values for one person. Get it from `formats_of`.

    Args:
        locale: Language code, such as `es`, `es-mx`, `es-419`, `en`.
        time_zone: IANA name of the zone moments are shown in.
        currency: ISO code of amounts that name none: the reporting currency.
        today: The person's current day.
    """

    locale: str
    time_zone: str
    currency: str
    today: dt.date

    # Numbers ---------------------------------------------------------------------------------------------------------

    def integer(self, value: Number | None) -> str:
        """Whole number with groups: `1.842.600`. Halves go to the even digit; None is empty."""
        return "" if value is None else self._grouped(format(value, ",.0f"))

    def decimal(self, value: Number | None, places: int | None = None) -> str:
        """Number with groups and decimals: `22.554,4`.

        Args:
            value: Number to write; None is empty.
            places: Decimals always shown; by default up to three, without trailing zeros.
        """
        if value is None:
            return ""
        if places is not None:
            return self._grouped(format(value, f",.{places}f"))
        text = format(value, ",.3f").rstrip("0").rstrip(".")
        return self._grouped(text)

    def percent(self, points: Number | None, places: int | None = None) -> str:
        """Percentage from points, not from a fraction: `percent(Decimal("23.4"))` is `23,4 %`.

        Args:
            points: Percentage points; None is empty.
            places: Decimals always shown; by default one where it is not zero.
        """
        if points is None:
            return ""
        text = format(points, f",.{1 if places is None else places}f")
        if places is None and text.endswith(".0"):
            text = text[:-2]
        return self._percent[0] + self._grouped(text) + self._percent[1]

    def signed(self, value: Number | None, places: int | None = None) -> str:
        """Difference with its sign: `+1,8`, `−0,4`, `0`."""
        text = self.decimal(value, places)
        return f"+{text}" if value is not None and text[0] != MINUS and text.strip("0.,") else text

    def money(self, value: Number | None, currency: str | None = None, *, cents: bool = False) -> str:
        """Amount of money: `1.842.600 €` in lists, `22.554,40 €` with cents on documents.

        Args:
            value: Amount in units of the currency; None is empty.
            currency: ISO code; the reporting currency if None or empty.
            cents: Whether the minor units of the currency are shown.
        """
        if value is None:
            return ""
        affix = self._affixes.get(currency or self.currency) or self._affix(currency or self.currency)
        text = format(value, affix.cents if cents else ",.0f")
        if text[0] == "-":
            text = self._grouped(text)
            if text[0] == MINUS:
                return affix.minus_before + text[1:] + affix.minus_after
            return affix.before + text + affix.after
        if self._point != ".":
            text = text.replace(",", " ").replace(".", self._point)
            return affix.before + text.replace(" ", self._comma) + affix.after
        return affix.before + text + affix.after

    def file_size(self, size: int) -> str:
        """Size of a file from bytes, in decimal units: `1,2 MB`, `640 kB`, `12 B`."""
        amount, unit = float(size), 0
        while amount >= 999.5 and unit < len(_SIZES) - 1:
            amount, unit = amount / 1000, unit + 1
        places = 1 if unit and amount < 9.95 else 0
        return f"{self._grouped(format(amount, f',.{places}f'))}{NBSP}{_SIZES[unit]}"

    # Days ------------------------------------------------------------------------------------------------------------

    def date_short(self, day: dt.date | None) -> str:
        """Day in a list: `24 nov`, and `23 nov 2026` in another year than this one. None is empty."""
        return "" if day is None else self._short[day]

    def date_full(self, day: dt.date | None) -> str:
        """Day with its year always, as on documents: `23 nov 2026`."""
        return "" if day is None else self._full[day]

    def date_long(self, day: dt.date | None) -> str:
        """Day in words with its year: `23 de noviembre de 2026`."""
        return "" if day is None else format_date(day, "long", self._babel)

    def weekday_date(self, day: dt.date | None) -> str:
        """Day with its weekday: `mar 24` within a week, else `lun 30 nov`, and its year in another one."""
        return "" if day is None else self._weekday[day]

    def figures(self, day: dt.date) -> str:
        """Day in figures in the order of the locale, with its whole year, as forms show it: `04/12/2026`."""
        return f"{day:{self._figures}}"

    def moment_figures(self, at: dt.datetime) -> str:
        """Day and time in figures on the person's clock, as forms show it: `04/12/2026 15:30`."""
        here = self.local(at)
        return f"{here:{self._figures} %H:%M}"

    @property
    def day_order(self) -> str:
        """The order of the figures of a day: `dmy`, `mdy`, `ymd`."""
        return "".join(part[1].lower() for part in self._figures.split("/"))

    def day(self, day: dt.date | None) -> str:
        """Day as people say it: today, tomorrow and yesterday in words, else as `weekday_date`."""
        return "" if day is None else self._near.get(day) or self._weekday[day]

    def month(self, day: dt.date) -> str:
        """Month of a day with its year: `noviembre de 2026`."""
        return format_skeleton("yMMMM", day, locale=self._babel)

    def month_short(self, day: dt.date) -> str:
        """Month of a day as axes write it: `nov 26`."""
        return format_skeleton("yyMMM", day, locale=self._babel)

    def days(self, count: int) -> str:
        """A number of days: `6 días`, `1 día`."""
        one, many = self._days
        return one if count == 1 else f"{self.integer(count)}{NBSP}{many}"

    # Moments ---------------------------------------------------------------------------------------------------------

    def local(self, at: dt.datetime) -> dt.datetime:
        """The same moment on the clock of the person.

        Raises:
            ValueError: the moment has no time zone, so nobody knows when it is.
        """
        if at.tzinfo is None:
            raise ValueError("A moment needs its time zone")
        return at.astimezone(self._zone)

    def time(self, at: dt.datetime | None) -> str:
        """Time of day on the person's clock: `10:00`, `3:05 PM`."""
        if at is None:
            return ""
        here = self.local(at)
        return self._times[here.hour] % here.minute

    def datetime(self, at: dt.datetime | None) -> str:
        """Day and time: `9 nov, 11:20`, with the year in another one."""
        if at is None:
            return ""
        here = self.local(at)
        return f"{self._short[here.date()]}, {self._times[here.hour] % here.minute}"

    def weekday_datetime(self, at: dt.datetime | None) -> str:
        """Weekday, day and time of an appointment: `lun 30 nov, 8:00`; `mañana, 10:00` next to today."""
        if at is None:
            return ""
        here = self.local(at)
        near = self._near.get(here.date()) or self._weekday_long(here.date())
        return f"{near}, {self._times[here.hour] % here.minute}"

    def exact(self, at: dt.datetime | None) -> str:
        """Day with its year and time, for what appears on hover: `23 nov 2026, 14:05`."""
        if at is None:
            return ""
        here = self.local(at)
        return f"{self._full[here.date()]}, {self._times[here.hour] % here.minute}"

    def relative(self, at: dt.datetime | None, now: dt.datetime) -> str:
        """How long ago or how soon, under 24 hours: `hace 12 min`, `dentro de 3 h`; else the day as `date_short`.

        Args:
            at: Moment to describe; None is empty.
            now: The current moment; both with a time zone.
        """
        if at is None:
            return ""
        seconds = (at - now).total_seconds()
        size = abs(seconds)
        if size >= 86_400:
            return self._short[self.local(at).date()]
        if size < 60:
            return self._now
        unit, count = ("min", int(size // 60)) if size < 3600 else ("h", int(size // 3600))
        return self._distances[unit, seconds > 0, count == 1] % count

    # Read once -------------------------------------------------------------------------------------------------------

    def _grouped(self, text: str) -> str:
        """The text of `format(…, ",f")` with the separators and minus of the locale; zero loses its sign."""
        if text[0] == "-":
            text = text[1:]
            if text.strip("0.,"):
                return MINUS + self._grouped(text)
        if self._point != ".":
            text = text.replace(",", " ").replace(".", self._point).replace(" ", self._comma)
        return text

    @cached_property
    def _babel(self) -> Locale:
        return babel_locale(self.locale)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def _point(self) -> str:
        return get_decimal_symbol(self._babel)

    @cached_property
    def _comma(self) -> str:
        return get_group_symbol(self._babel)

    @cached_property
    def _percent(self) -> tuple[str, str]:
        pattern = self._babel.percent_formats[None]
        return str(pattern.prefix[0]), str(pattern.suffix[0])

    @cached_property
    def _affixes(self) -> dict[str, _Affix]:
        return {}

    def _affix(self, currency: str) -> _Affix:
        """Signs around an amount, kept for the next one."""
        pattern = self._babel.currency_formats["standard"]
        symbol = get_currency_symbol(currency, self._babel)
        signs = []
        for before, after in zip(pattern.prefix, pattern.suffix, strict=True):
            first = before.replace("¤", symbol)
            if first.endswith(symbol) and symbol[-1].isalpha():
                first += NBSP
            signs += [first.replace("-", MINUS), after.replace("¤", symbol).replace("-", MINUS)]
        affix = _Affix(signs[0], signs[1], signs[2], signs[3], f",.{minor_units(currency)}f")
        self._affixes[currency] = affix
        return affix

    def _weekday_long(self, day: dt.date) -> str:
        """Weekday, day and month, without the comma Spanish puts after the weekday."""
        text = format_skeleton("MMMEd" if day.year == self.today.year else "yMMMEd", day, locale=self._babel)
        return text.replace(",", "", 1) if self._babel.language == "es" else text

    def _weekday_near(self, day: dt.date) -> str:
        """Weekday and number when the day is near, else with its month."""
        if abs((day - self.today).days) > NEAR_DAYS:
            return self._weekday_long(day)
        return f"{format_date(day, 'EEE', self._babel)} {day.day}"

    @cached_property
    def _short(self) -> dict[dt.date, str]:
        year, babel = self.today.year, self._babel
        return _Dates(lambda d: format_skeleton("MMMd" if d.year == year else "yMMMd", d, locale=babel))

    @cached_property
    def _full(self) -> dict[dt.date, str]:
        babel = self._babel
        return _Dates(lambda d: format_skeleton("yMMMd", d, locale=babel))

    @cached_property
    def _weekday(self) -> dict[dt.date, str]:
        return _Dates(self._weekday_near)

    @cached_property
    def _figures(self) -> str:
        """The order of the locale's short dates as a format of Python's."""
        pattern = get_date_format("short", self._babel).pattern.lower()
        order = dict.fromkeys(letter for letter in pattern if letter in "dmy")
        return "/".join({"d": "%d", "m": "%m", "y": "%Y"}[letter] for letter in order)

    @cached_property
    def _near(self) -> dict[dt.date, str]:
        one = dt.timedelta(days=1)
        with translation.override(self.locale):
            return {self.today - one: _("yesterday"), self.today: _("today"), self.today + one: _("tomorrow")}

    @cached_property
    def _now(self) -> str:
        with translation.override(self.locale):
            return _("just now")

    @cached_property
    def _times(self) -> tuple[str, ...]:
        """One pattern an hour, waiting for its minutes: `10:%02d`."""
        babel = self._babel
        return tuple(format_time(dt.time(hour, 59), "short", locale=babel).replace("59", "%02d") for hour in range(24))

    @cached_property
    def _days(self) -> tuple[str, str]:
        """One day in full, and the word for several."""
        one, many = (format_timedelta(dt.timedelta(days=n), "day", threshold=10**6, locale=self._babel) for n in (1, 2))
        return one.replace(" ", NBSP), many.removeprefix("2").strip()

    @cached_property
    def _distances(self) -> dict[tuple[str, bool, bool], str]:
        """Patterns by unit, future or past, one or several: `hace %d min`. By language: CLDR's es_MX has a slip."""
        found = {}
        for unit, seconds in (("min", 60), ("h", 3600)):
            for ahead in (True, False):
                for one in (True, False):
                    count = 1 if one else 2
                    text = format_timedelta(
                        dt.timedelta(seconds=seconds * count * (1 if ahead else -1)),
                        threshold=1,
                        add_direction=True,
                        format="short",
                        locale=self._babel.language,
                    )
                    found[unit, ahead, one] = text.replace(".", "").replace(f"{count} ", f"%d{NBSP}", 1)
        return found


@lru_cache(maxsize=256)
def _formats(locale: str, time_zone: str, currency: str, today: dt.date) -> Formats:
    return Formats(locale, time_zone, currency, today)


def formats_of(locale: str, time_zone: str, currency: str, now: dt.datetime) -> Formats:
    """The formats of a person, from a cache: building one costs as much as some thousand cells.

    Args:
        locale: Language code of the person.
        time_zone: IANA name of their zone.
        currency: ISO code of the reporting currency.
        now: The current moment, with a time zone; it decides what day it is for them.
    """
    return _formats(locale, time_zone, currency, now.astimezone(ZoneInfo(time_zone)).date())
