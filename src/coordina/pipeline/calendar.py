"""Which day it is, for whom."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from coordina.accounts.models import Organization


def today_of(by: Any, at: datetime) -> date:
    """The day it is for a person at a moment: in their time zone, else in the company's."""
    name = getattr(by, "time_zone", "")
    name = name or Organization.objects.order_by("pk").values_list("time_zone", flat=True).first() or "UTC"
    try:
        return at.astimezone(ZoneInfo(name)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return at.date()


def furthest_today() -> date:
    """The latest day that is today somewhere on Earth: no honest past day is after it."""
    return (timezone.now() + timedelta(hours=14)).date()
