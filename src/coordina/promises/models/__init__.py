"""Records of promises."""

from coordina.promises.models.calendars import WEEKDAYS, ClosingDay, WorkCalendar

__all__ = ["WEEKDAYS", "ClosingDay", "WorkCalendar"]
