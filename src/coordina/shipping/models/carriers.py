"""Who brings goods to customers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class Carrier(Record):
    """A carrier, with its times and its way of telling where things are.

    Attributes:
        transit_days: Working days from handing over to delivery.
        cutoff_hour: Hour of the day, on one's own clock, after which a shipment leaves the next working day.
        tracking_url: Address of its tracking page, with `{number}` where the number goes.
        door: Random part of the public address to which it tells news; its secret follows from it.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    transit_days = models.PositiveSmallIntegerField(_("working days in transit"), default=2)
    cutoff_hour = models.PositiveSmallIntegerField(_("cut-off hour"), null=True, blank=True)
    saturdays = models.BooleanField(_("works on Saturdays"), default=False)
    sundays = models.BooleanField(_("works on Sundays"), default=False)
    tracking_url = models.CharField(_("tracking address"), max_length=300, blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)
    door = models.CharField(max_length=64, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="carrier_name_once"),
            models.UniqueConstraint(fields=["door"], name="carrier_door_once"),
        ]

    def __str__(self) -> str:
        return self.name
