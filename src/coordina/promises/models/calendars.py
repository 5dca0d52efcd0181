"""When a company works and how its goods leave."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.stock.models import Warehouse

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Columns of the days of the week, in order."""


class WorkCalendar(Record):
    """The working days of the company or of one warehouse, and how long an order takes.

    Attributes:
        warehouse: The one it is for; empty for all that have none of their own.
        country, region: Whose public holidays are kept: an ISO code, and the code of a part of it.
        cutoff: Hour of the day from which an order counts as one of the next working day; 24 for never.
        handling_days: Working days from taking an order up to its leaving.
        transit_days: Working days on the way, where no carrier says it.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    warehouse = models.ForeignKey(
        Warehouse, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=60, blank=True, default="")
    monday = models.BooleanField(_("Monday"), default=True)
    tuesday = models.BooleanField(_("Tuesday"), default=True)
    wednesday = models.BooleanField(_("Wednesday"), default=True)
    thursday = models.BooleanField(_("Thursday"), default=True)
    friday = models.BooleanField(_("Friday"), default=True)
    saturday = models.BooleanField(_("Saturday"), default=False)
    sunday = models.BooleanField(_("Sunday"), default=False)
    cutoff = models.PositiveSmallIntegerField(_("cut-off hour"), default=14)
    handling_days = models.PositiveSmallIntegerField(_("days to prepare"), default=1)
    transit_days = models.PositiveSmallIntegerField(_("days on the way"), default=2)

    class Meta(Record.Meta):
        verbose_name = _("delivery calendar")
        verbose_name_plural = _("delivery calendars")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="work_calendar_name_once"),
            models.UniqueConstraint(fields=["warehouse"], name="work_calendar_warehouse_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weekdays(self) -> frozenset[int]:
        """Days of the week on which one works, Monday is 0."""
        return frozenset(number for number, name in enumerate(WEEKDAYS) if getattr(self, name))


class ClosingDay(Record):
    """Days on which a calendar's people do not work, besides public holidays: a bridge, a stock-taking, August.

    Attributes:
        first_on, last_on: Both are closed; without a last one it is one day.
    """

    scope_parent: ClassVar[str] = "calendar"

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="+", verbose_name=_("delivery calendar"), editable=False
    )
    name = models.CharField(_("what for"), max_length=120)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on=None) | Q(last_on__gte=models.F("first_on")), name="closing_day_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.name
