"""Records of promises."""

from coordina.promises.models.calendars import WEEKDAYS, ClosingDay, WorkCalendar
from coordina.promises.models.delays import Delay, DelayText
from coordina.promises.models.links import StatusLink
from coordina.promises.models.promised import Promise

__all__ = ["WEEKDAYS", "ClosingDay", "Delay", "DelayText", "Promise", "StatusLink", "WorkCalendar"]
