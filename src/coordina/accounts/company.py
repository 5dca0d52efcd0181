"""The company itself, which every request asks for."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coordina.accounts.models import Organization
from coordina.core.instances import twin
from coordina.core.remembered import Remembered

_COMPANY: Remembered[Organization] = Remembered(lambda: Organization.objects.order_by("pk")[:1])


def the_company() -> Organization | None:
    """The company of this installation; None before the first run."""
    found = _COMPANY()
    return twin(found[0]) if found else None


def company_day(at: datetime) -> date:
    """The day it is for the company at a moment, in its own time zone."""
    company = the_company()
    try:
        return at.astimezone(ZoneInfo(company.time_zone if company is not None else "UTC")).date()
    except (ZoneInfoNotFoundError, ValueError):
        return at.date()
