"""Days of privacy: plain arithmetic."""

import calendar
from datetime import date


def month_after(day: date) -> date:
    """The same day a month later; the last of the month where there is no such day (Regulation 1182/71, article 3)."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
