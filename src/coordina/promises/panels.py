"""What promises show on pages: on a calendar's own the days off that come."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.core.panels import PANELS, Panel
from coordina.promises import rules
from coordina.promises.calendars import days_off, terms_by
from coordina.promises.models import WorkCalendar

SHOWN = 10


def coming_days_off(calendar: WorkCalendar, user: User) -> Mapping[str, Any]:
    """The next days off, and when something ordered now would arrive."""
    formats = formats_here("")
    here = timezone.localtime()
    try:
        example = rules.portion(
            rules.Offer(rules.NOTHING, None, None), here.date(), here.hour, terms_by(calendar)
        ).arrives_on
    except rules.NeverWorks:
        example = None
    return {
        "days": [(formats.day(one.day), one.why) for one in days_off(calendar, here.date(), SHOWN)],
        "example": formats.day(example) if example is not None else "",
    }


PANELS.add(
    "work-calendar-days",
    Panel(
        "work_calendar.side",
        _("Days off that come"),
        WorkCalendar.view_permission(),
        "promises/days_off.html",
        coming_days_off,
        order=10,
    ),
)
