"""What of stock needs a hand: too little left, nothing moved for long, a supplier who is late."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.stock.enums import DUE
from coordina.stock.models import PurchaseOrder, StockItem

LONG = 180
"""Days without a move after which stock lies idle."""


def _low_points(row: Row, said: Tuning) -> int:
    return 80 if row["available"] <= 0 else 60


def _low_weighs(row: Row, said: Tuning, formats: Formats) -> str:
    return _("Nothing is available any more.") if row["available"] <= 0 else _("There is some still.")


def _low_says(row: Row, formats: Formats) -> tuple[str, str]:
    values = {
        "available": formats.decimal(row["available"]),
        "incoming": formats.decimal(row["incoming"]),
        "point": formats.decimal(row["reorder_point"]),
    }
    told = _("%(available)s available and %(incoming)s to be received, reorder point %(point)s.") % values
    return row["name"], f"{told} {row['warehouse__name']}"


def _low_since(row: Row) -> dt.date:
    since: dt.date | None = row["low_since"]
    created: dt.date = row["created_at"].date()
    return since or created


watch(
    Watcher(
        name="stock.low",
        of=StockItem,
        label=gettext_lazy("To be reordered"),
        icon="packages",
        when=lambda today: Q(low=True),
        columns=("low", "low_since", "available", "incoming", "reorder_point", "created_at"),
        about=("low", "available", "incoming", "reorder_point"),
        shows=("name", "warehouse__name"),
        since=_low_since,
        importance=_low_points,
        says=_low_says,
        weighs=_low_weighs,
        wait=0,
        listed="low = true",
        acts=(Act(action="stock.order_more", label=gettext_lazy("Order more")),),
    )
)


def _idle_says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["moved_on"]).days
    told = ngettext("%(many)s lie there for %(days)d day", "%(many)s lie there for %(days)d days", days)
    values = {"many": formats.decimal(row["on_hand"]), "days": days}
    return row["name"], f"{told % values} · {row['warehouse__name']}"


watch(
    Watcher(
        name="stock.idle",
        of=StockItem,
        label=gettext_lazy("Stock without movement"),
        icon="hourglass",
        when=lambda today: Q(on_hand__gt=0, moved_on__lt=today - dt.timedelta(days=LONG)),
        columns=("on_hand", "moved_on"),
        about=("on_hand", "moved_on"),
        shows=("name", "warehouse__name"),
        since=lambda row: row["moved_on"] + dt.timedelta(days=LONG + 1),
        importance=lambda row, said: 20,
        says=_idle_says,
        weighs=lambda row, said, formats: _("It ties up money, and nobody waits for it."),
        wait=None,
        listed="on_hand > 0 and moved_on < today-180d",
        acts=(Act(action="stock.transfer", label=gettext_lazy("Transfer")),),
    )
)


def _late_says(row: Row, formats: Formats) -> tuple[str, str]:
    days = (formats.today - row["expected_on"]).days
    told = ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    return _("%(order)s of %(supplier)s") % {"order": row["reference"], "supplier": row["supplier__name"]}, told


watch(
    Watcher(
        name="stock.purchase_late",
        of=PurchaseOrder,
        label=gettext_lazy("Purchase order late"),
        icon="truck-delivery",
        when=lambda today: Q(status__in=DUE, expected_on__lt=today),
        columns=("status", "expected_on"),
        about=("status", "expected_on"),
        shows=("reference", "supplier__name"),
        since=lambda row: row["expected_on"] + dt.timedelta(days=1),
        importance=lambda row, said: 60,
        says=_late_says,
        weighs=lambda row, said, formats: _("Customers may wait for what is in it."),
        wait=0,
        listed="status in (sent, partly) and expected_on < today",
        acts=(Act(action="stock.put_off_purchase", label=gettext_lazy("Say the new day")),),
    )
)
