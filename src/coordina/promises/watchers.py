"""What of promises needs a hand: an order that will be late, a receipt that nobody has confirmed."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Watcher, watch
from coordina.orders.enums import State
from coordina.orders.models import Order
from coordina.promises.enums import Cause, Risk
from coordina.promises.models import Delay

UNCONFIRMED = 7
"""Days after delivery from which a receipt that was not confirmed is asked for."""


def _late_says(row: Row, formats: Formats) -> tuple[str, str]:
    title = _("%(order)s of %(company)s") % {"order": row["name"], "company": row["company__name"]}
    said = {
        "before": formats.date_short(row["old_on"]),
        "day": formats.date_short(row["new_on"]),
        "why": Cause(row["cause"] or Cause.UNKNOWN).label,
    }
    if row["new_on"] is None:
        return title, _("Promised for %(before)s. %(why)s.") % said
    return title, _("Promised for %(before)s, arrives on %(day)s. %(why)s.") % said


watch(
    Watcher(
        name="promises.late",
        of=Delay,
        label=gettext_lazy("Order that will be late"),
        icon="truck-delivery",
        when=lambda today: Q(status=Risk.OPEN),
        columns=("status", "found_on", "old_on"),
        about=("old_on", "new_on", "cause"),
        shows=("name", "company__name", "new_on", "cause"),
        since=lambda row: row["found_on"],
        importance=lambda row, said: 75,
        says=_late_says,
        weighs=lambda row, said, formats: _("A customer waits and does not know it yet."),
        wait=0,
        acts=(
            Act(action="promises.tell_customer", label=gettext_lazy("Tell the customer")),
            Act(action="promises.move_day", label=gettext_lazy("Move the day")),
        ),
    )
)


def _receipt_says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["delivered_on"]).days
    told = ngettext("Delivered %(days)d day ago", "Delivered %(days)d days ago", days) % {"days": days}
    return _("%(order)s of %(company)s") % {"order": row["reference"], "company": row["company__name"]}, told


watch(
    Watcher(
        name="promises.unconfirmed",
        of=Order,
        label=gettext_lazy("Receipt not confirmed"),
        icon="package",
        when=lambda today: Q(status=State.DELIVERED, was="", delivered_on__lt=today - dt.timedelta(days=UNCONFIRMED)),
        columns=("status", "was", "delivered_on"),
        about=("status", "was", "delivered_on"),
        shows=("reference", "company__name"),
        since=lambda row: row["delivered_on"] + dt.timedelta(days=UNCONFIRMED + 1),
        importance=lambda row, said: 30,
        says=_receipt_says,
        weighs=lambda row, said, formats: _("Without it nobody knows whether everything arrived."),
        wait=None,
        acts=(
            Act(
                action="orders.make_status_link",
                label=gettext_lazy("Ask the customer"),
                values=lambda row, today: {"send": True},
            ),
        ),
    )
)
