"""What of shipments needs a hand: nobody said that it arrived, and nothing is heard of it."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.shipping.enums import AWAY, State
from coordina.shipping.models import Shipment

SILENT = 2
"""Days after leaving without a tracking number from which on nobody can say where it is."""


def _late_says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["expected_on"]).days
    told = ngettext("Expected %(days)d day ago", "Expected %(days)d days ago", days) % {"days": days}
    title = _("%(shipment)s to %(company)s") % {"shipment": row["reference"], "company": row["company__name"]}
    return title, f"{told} · {row['trouble'] or State(row['status']).label}"


watch(
    Watcher(
        name="shipping.not_confirmed",
        of=Shipment,
        label=gettext_lazy("Delivery not confirmed"),
        icon="truck-delivery",
        when=lambda today: Q(status__in=AWAY, expected_on__lt=today),
        columns=("status", "expected_on", "trouble"),
        about=("status", "expected_on"),
        shows=("reference", "company__name"),
        since=lambda row: row["expected_on"] + dt.timedelta(days=1),
        importance=lambda row, said: 75 if row["status"] == State.FAILED else 60,
        says=_late_says,
        weighs=lambda row, said, formats: _("A customer may be waiting for it."),
        wait=0,
        listed="status in (shipped, transit, failed) and expected_on < today",
        acts=(Act(action="shipping.mark_delivered", label=gettext_lazy("Mark as delivered")),),
    )
)


def _silent_says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["shipped_on"]).days
    told = ngettext("Left %(days)d day ago", "Left %(days)d days ago", days) % {"days": days}
    title = _("%(shipment)s to %(company)s") % {"shipment": row["reference"], "company": row["company__name"]}
    return title, told


def _importance(row: Row, said: Tuning) -> int:
    return 35


watch(
    Watcher(
        name="shipping.no_tracking",
        of=Shipment,
        label=gettext_lazy("Shipment without tracking number"),
        icon="map-pin",
        when=lambda today: Q(
            status__in=AWAY, tracking_number="", carrier__isnull=False, shipped_on__lt=today - dt.timedelta(days=SILENT)
        ),
        columns=("status", "tracking_number", "carrier_id", "shipped_on"),
        about=("status", "carrier", "tracking_number", "shipped_on"),
        shows=("reference", "company__name"),
        since=lambda row: row["shipped_on"] + dt.timedelta(days=SILENT + 1),
        importance=_importance,
        says=_silent_says,
        weighs=lambda row, said, formats: _("Nobody can tell the customer where it is."),
        wait=None,
        acts=(Act(action="shipping.write_number", label=gettext_lazy("Write the number")),),
    )
)
