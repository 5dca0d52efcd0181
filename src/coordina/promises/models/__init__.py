"""Records of promises."""

from coordina.promises.models.calendars import WEEKDAYS, ClosingDay, WorkCalendar
from coordina.promises.models.links import StatusLink
from coordina.promises.models.promised import Promise

__all__ = ["WEEKDAYS", "ClosingDay", "Promise", "StatusLink", "WorkCalendar"]
