"""Periods that figures are asked for, and the earlier span they are compared with. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Text


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days.

    Attributes:
        start: First day; None without a beginning.
        end: The day after the last; None without an end.
        running: Whether it holds today, so that it is compared to the same number of days.
    """

    name: str
    label: Text
    start: dt.date | None = None
    end: dt.date | None = None
    running: bool = False

    def condition(self, field: str) -> str:
        """The same in the filter language, about a date field; empty where the period has no bounds."""
        parts = []
        if self.start is not None:
            parts.append(f"{field} >= {self.start.isoformat()}")
        if self.end is not None:
            parts.append(f"{field} < {self.end.isoformat()}")
        return " and ".join(parts)

    def before(self, today: dt.date) -> "Period | None":
        """The same span a year earlier; a running one only as far as today's day. None without bounds."""
        if self.start is None or self.end is None:
            return None
        end = min(self.end, today + dt.timedelta(days=1)) if self.running else self.end
        return Period("before", _("a year before"), _earlier(self.start), _earlier(end))


def _earlier(day: dt.date) -> dt.date:
    """The same day of the year before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def periods(today: dt.date, first_year: int | None = None) -> list[Period]:
    """The periods one can choose, with the earlier years there is data of.

    Args:
        today: The asker's day.
        first_year: Year of the oldest record.
    """
    month = today.replace(day=1)
    quarter = month.replace(month=3 * ((today.month - 1) // 3) + 1)
    found = [
        Period("month", _("this month"), month, _months_on(month, 1), running=True),
        Period("quarter", _("this quarter"), quarter, _months_on(quarter, 3), running=True),
        Period("year", _("this year"), dt.date(today.year, 1, 1), dt.date(today.year + 1, 1, 1), running=True),
        Period("twelve", _("the last 12 months"), _months_on(month, -11), _months_on(month, 1), running=True),
    ]
    for year in range(today.year - 1, max(first_year or today.year, today.year - 15) - 1, -1):
        found.append(Period(str(year), str(year), dt.date(year, 1, 1), dt.date(year + 1, 1, 1)))
    found.append(Period("all", _("all time")))
    return found


def chosen(name: str, known: list[Period]) -> Period:
    """The period of a name; this year where the name is none."""
    return next((p for p in known if p.name == name), known[2])


def _months_on(month: dt.date, count: int) -> dt.date:
    years, place = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, place + 1, 1)
