"""How calendars and closing days come into being."""

from typing import Any

from django.utils.translation import gettext as _

from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.promises.feasts import UnknownRegion, feasts_of
from coordina.promises.models import WEEKDAYS, ClosingDay, Delay, DelayText, WorkCalendar
from coordina.promises.texts import NAMES, unknown_names

SHOWN = 30
"""Regions that a refusal names."""
LONGEST = 366
"""Days that a company closes at once, at most."""


class CalendarWriter(Writer[WorkCalendar]):
    """There is one calendar a warehouse and one for all others; somebody works on some day of the week."""

    def clean(self, values: Values, *, obj: WorkCalendar | None = None) -> Values:
        """Check week, region and whose calendar it is."""
        now = _now(values, obj)
        if not any(now(name, name not in ("saturday", "sunday")) for name in WEEKDAYS):
            raise Refusal("never", _("Choose at least one day of the week."), field="monday")
        if now("warehouse", None) is None and self._general().exclude(pk=obj.pk if obj else None).exists():
            raise Refusal("taken", _("There is a calendar for all warehouses already: choose one."), field="warehouse")
        if {"country", "region"} & values.keys():
            values = dict(values) | {"region": (now("region", "") or "").strip()}
            _check_region(now("country", "") or "", values["region"])
        return super().clean(values, obj=obj)

    def _general(self) -> Any:
        return WorkCalendar.objects.filter(warehouse=None)


class ClosingDayWriter(Writer[ClosingDay]):
    """What closes opens again, within a year."""

    def clean(self, values: Values, *, obj: ClosingDay | None = None) -> Values:
        """Check the order of the days."""
        now = _now(values, obj)
        first, last = now("first_on", None), now("last_on", None)
        if first is not None and last is not None:
            if last < first:
                raise Refusal("order", _("The last day is not before the first."), field="last_on")
            if (last - first).days >= LONGEST:
                raise Refusal("long", _("Nobody closes for longer than a year."), field="last_on")
        return super().clean(values, obj=obj)


class DelayWriter(Writer[Delay]):
    """Delays are found, not written."""

    def clean(self, values: Values, *, obj: Delay | None = None) -> Values:
        """Refuse to write one by hand.

        Raises:
            Refusal: Always.
        """
        raise Refusal("found", _("Deliveries at risk are found by themselves."), status=409)


class DelayTextWriter(Writer[DelayText]):
    """An e-mail names only what there is to say."""

    def clean(self, values: Values, *, obj: DelayText | None = None) -> Values:
        """Check the names in braces."""
        for name in ("subject", "body"):
            wrong = unknown_names(values.get(name) or "")
            if wrong:
                said = {"wrong": ", ".join(wrong), "known": ", ".join(f"{{{one}}}" for one in sorted(NAMES))}
                text = _("Nothing is known as %(wrong)s. These may stand in braces: %(known)s.")
                raise Refusal("name", text % said, field=name)
        return super().clean(values, obj=obj)


def _now(values: Values, obj: Any) -> Any:
    """A value as it is after writing: by name, with what it is where neither says it."""
    return lambda name, usual: values[name] if name in values else getattr(obj, name, usual)


def _check_region(country: str, region: str) -> None:
    """Refuse a region whose holidays nobody knows.

    Raises:
        Refusal: At the region, with those there are; at it, too, where no country is given.
    """
    if not region:
        return
    if not country:
        raise Refusal("country", _("Say first which country the region is in."), field="region")
    try:
        feasts_of(country, region)
    except UnknownRegion as wrong:
        text = _("No regions are known of this country: leave it empty.")
        if wrong.regions:
            known = ", ".join(wrong.regions[:SHOWN])
            text = _("There is no such region. These are known: %(regions)s.") % {"regions": known}
        raise Refusal("region", text, field="region") from None
