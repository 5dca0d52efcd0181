"""What the page of a link tells: how far the order is, what is in it, when it arrives. Nothing else."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core.formats import Formats, formats_of
from coordina.orders.enums import State
from coordina.orders.models import Order, OrderLine
from coordina.orders.rules import RANK
from coordina.promises.arriving import may_confirm

READY = (State.RESERVED, State.PICKED, State.PARTLY)


def shown_to_customer(order: Order, language: str) -> dict[str, Any]:
    """The track, the lines and the days of an order, for its customer; no price, no name, no address."""
    ours = the_company()
    formats = formats_of(language, ours.time_zone if ours else "UTC", "EUR", timezone.now())
    rows = OrderLine.objects.filter(order=order.pk).select_related("product", "product__unit").order_by("pk")
    lines = [line for line in rows if line.wanted or line.shipped]
    arrived = order.delivered_on is not None
    return {
        "number": order.customer_reference or order.reference,
        "ours": order.reference if order.customer_reference else "",
        "steps": _steps(order, formats),
        "lines": [_line(line, formats) for line in lines],
        "expected": "" if arrived or order.status == State.CANCELLED else formats.date_long(order.expected_on),
        "delivered": formats.date_long(order.delivered_on),
        "receipt": formats.date_long(order.receipt_on),
        "cancelled": order.status == State.CANCELLED,
        "may_confirm": may_confirm(order),
    }


def _steps(order: Order, formats: Formats) -> list[dict[str, str]]:
    """How far it is: the steps that mean something to a customer, with the days that are known."""
    rank = RANK[State(order.status)]
    way: list[tuple[str, bool, dt.date | None]] = [
        (str(State.CONFIRMED.label), order.confirmed_on is not None or bool(order.was), order.confirmed_on),
        (_("Being prepared"), order.status in READY or rank >= RANK[State.SHIPPED], None),
        (
            _("Partly on its way") if order.status == State.PARTLY else _("On its way"),
            rank >= RANK[State.PARTLY],
            order.shipped_on,
        ),
        (str(State.DELIVERED.label), rank >= RANK[State.DELIVERED], order.delivered_on),
        (_("Receipt confirmed"), order.receipt_on is not None, order.receipt_on),
    ]
    if order.status == State.CANCELLED:
        way = [*way[:1], (str(State.CANCELLED.label), True, order.cancelled_on)]
    done = [step for step in way if step[1]]
    return [
        {
            "name": name,
            "state": ("now" if done and name == done[-1][0] else "done") if reached else "",
            "day": formats.date_full(day),
        }
        for name, reached, day in way
    ]


def _line(line: OrderLine, formats: Formats) -> dict[str, str]:
    unit = line.product.unit.symbol if line.product.unit else ""
    return {
        "name": line.description or line.product.name,
        "quantity": " ".join(part for part in (formats.decimal(line.wanted), unit) if part),
        "shipped": formats.decimal(line.shipped) if line.shipped else "",
        "expected": formats.date_full(line.expected_on) if line.open and line.expected_on else "",
    }
