"""Which day it is, for whom."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.translation import get_language

from coordina.accounts.company import the_company
from coordina.core.changes import remembered
from coordina.core.formats import Formats, formats_of


def today_of(by: Any, at: datetime) -> date:
    """The day it is for a person at a moment: in their time zone, else in the company's."""
    name = getattr(by, "time_zone", "") or remembered("organization.time_zone", _company_zone)
    try:
        return at.astimezone(ZoneInfo(name)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return at.date()


def _company_zone() -> str:
    company = the_company()
    return company.time_zone if company is not None else "UTC"


def furthest_today() -> date:
    """The latest day that is today somewhere on Earth: no honest past day is after it."""
    return (timezone.now() + timedelta(hours=14)).date()


def formats_here(currency: str) -> Formats:
    """The formats of the page that is being answered: its language and time zone are in force.

    Args:
        currency: ISO code of amounts that name none.
    """
    return formats_of(get_language() or "es", timezone.get_current_timezone_name(), currency or "EUR", timezone.now())
