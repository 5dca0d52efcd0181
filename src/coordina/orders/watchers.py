"""What of orders needs a hand: one that nobody decides about."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.orders.enums import State
from coordina.orders.models import Order

LONG = 2
"""Days after which an order that came in waits too long for a decision."""


def _points(row: Row, said: Tuning) -> int:
    value = row["value"]
    return 75 if value is not None and value >= said.value else 60


def _says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["placed_on"]).days
    told = ngettext("%(days)d day without an answer", "%(days)d days without an answer", days) % {"days": days}
    title = _("%(order)s of %(company)s") % {"order": row["reference"], "company": row["company__name"]}
    return title, f"{told} · {formats.money(row['total'], row['currency'])}"


watch(
    Watcher(
        name="orders.waiting",
        of=Order,
        label=gettext_lazy("Order waiting for a decision"),
        icon="box",
        when=lambda today: Q(status=State.RECEIVED, placed_on__lt=today - dt.timedelta(days=LONG)),
        columns=("status", "placed_on", "value"),
        about=("status", "placed_on", "total", "value"),
        shows=("reference", "company__name", "total", "currency"),
        since=lambda row: row["placed_on"] + dt.timedelta(days=LONG + 1),
        importance=_points,
        says=_says,
        weighs=lambda row, said, formats: _("A customer waits for a yes or a no."),
        wait=0,
        listed="status = received and placed_on < today-2d",
        acts=(Act(action="orders.confirm_order", label=gettext_lazy("Confirm the order")),),
    )
)
