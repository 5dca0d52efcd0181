"""The company itself, which every request asks for."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coordina.accounts.models import Organization
from coordina.core.instances import twin
from coordina.core.remembered import Remembered

_COMPANY: Remembered[Organization] = Remembered(lambda: Organization.objects.order_by("pk")[:1])


def the_company() -> Organization | None:
    """The company of this installation; None before the first run."""
    found = _COMPANY()
    return twin(found[0]) if found else None


def company_zone() -> ZoneInfo:
    """The company's time zone, whatever that of the person who reads or writes."""
    company = the_company()
    try:
        return ZoneInfo(company.time_zone if company is not None else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def company_day(at: datetime) -> date:
    """The day it is for the company at a moment, in its own time zone."""
    return at.astimezone(company_zone()).date()


def company_midnight(day: date) -> datetime:
    """The first moment of a day for the company."""
    return datetime.combine(day, time(), company_zone())
