"""What is worth knowing of orders: what was booked, and what is still to be sent."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from coordina.core.metrics import DIMENSIONS, METRICS, Better, Dimension, Metric, Unit
from coordina.orders.enums import State

OF = "order"
AGREED = "status in (confirmed, reserved, picked, partly, shipped, delivered, acknowledged, closed)"
AHEAD = "status in (confirmed, reserved, picked, partly)"


def _value(where: Q) -> Any:
    return Sum("value", filter=where)


def _count(where: Q) -> Any:
    return Count("pk", filter=where)


for _metric in (
    Metric("orders.bookings", _("Bookings"), Unit.MONEY, OF, AGREED, _value, time="placed_on",
           source=_("Net of confirmed orders without cancelled ones, by the day they were placed"),
           worked_from=("value",)),
    Metric("orders.count", _("Confirmed orders"), Unit.COUNT, OF, AGREED, _count, time="placed_on"),
    Metric("orders.backlog", _("Backlog"), Unit.MONEY, OF, AHEAD, _value, better=Better.NEITHER,
           source=_("Net of confirmed orders that were not sent in full"), worked_from=("value",)),
):  # fmt: skip
    METRICS.add(_metric.name, _metric)

for _dimension in (
    Dimension("orders.status", _("Status"), OF, "status", "status", labels=dict(State.choices)),
    Dimension("orders.owner", _("Person"), OF, "owner", "owner_id", "owner__name"),
    Dimension("orders.team", _("Team"), OF, "team", "team_id", "team__name"),
    Dimension("orders.month", _("Month of the order"), OF, "placed_on", "placed_on", span="month"),
):  # fmt: skip
    DIMENSIONS.add(_dimension.name, _dimension)
