"""The page of an order: its life as a track, its lines with what stock holds and what left, its sums by tax rate."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.catalog.enums import Nature
from coordina.catalog.totals import Rounding
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.types import type_of
from coordina.core.visibility import covers
from coordina.orders import rules
from coordina.orders.checks import findings
from coordina.orders.enums import AHEAD, State
from coordina.orders.models import Order, OrderLine

WAY = (
    (State.RECEIVED, "placed_on"),
    (State.CONFIRMED, "confirmed_on"),
    (State.RESERVED, ""),
    (State.PICKED, "picked_on"),
    (State.SHIPPED, "shipped_on"),
    (State.DELIVERED, "delivered_on"),
    (State.ACKNOWLEDGED, "receipt_on"),
    (State.CLOSED, "closed_on"),
)
"""Nodes of the track with the column of their day."""


def track(order: Order, user: User) -> dict[str, Any]:
    """The life of an order: what happened with its days, what comes, and where it is late."""
    formats = formats_here(order.currency)
    known = type_of(Order).known_to(user)
    if order.status == State.CANCELLED:
        cancelled = formats.date_short(order.cancelled_on)
        steps: list[dict[str, Any]] = [
            {"name": State.RECEIVED.label, "state": "done", "note": formats.date_short(order.placed_on)},
            {"name": State.CANCELLED.label, "state": "now", "note": cancelled},
        ]
        return {"steps": steps, "reason": order.cancel_reason if "cancel_reason" in known else ""}
    here = State.SHIPPED if order.status == State.PARTLY else State(order.status)
    rank = rules.RANK
    steps = []
    for state, column in WAY:
        done = rank[state] < rank[here] or (state == here and order.status != State.PARTLY)
        day = getattr(order, column) if column in known else None
        name = State.PARTLY.label if state == here and order.status == State.PARTLY else state.label
        steps.append({"name": name, "state": "done" if done else "", "note": formats.date_short(day)})
    _mark_now(steps, order, formats)
    return {"steps": steps, "reason": ""}


def _mark_now(steps: list[dict[str, Any]], order: Order, formats: Formats) -> None:
    """Say which node is next, and when the goods are to arrive."""
    current = next((n for n, step in enumerate(steps) if not step["state"]), None)
    if current is not None:
        steps[current]["state"] = "now"
    arrival = [state for state, _column in WAY].index(State.DELIVERED)
    if steps[arrival]["state"] == "done" or order.expected_on is None:
        return
    late = order.expected_on < formats.today
    moved = order.promised_on is not None and order.promised_on < order.expected_on
    text = formats.date_short(order.expected_on)
    if moved:
        text = _("%(day)s (was %(before)s)") % {"day": text, "before": formats.date_short(order.promised_on)}
    steps[arrival]["note"] = text
    if late or moved:
        steps[arrival]["state"] = "late"


def checks(order: Order, user: User) -> dict[str, Any]:
    """What to look at before the order is confirmed; afterwards what was overridden, and why."""
    known = type_of(Order).known_to(user)
    if order.status != State.RECEIVED or "total" not in known:
        told = order.overridden.splitlines() if order.overridden and "overridden" in known else []
        return {"findings": [], "overridden": told, "reason": order.override_reason if told else ""}
    if "net" not in type_of(OrderLine).known_to(user):
        return {"findings": []}
    rows = OrderLine.objects.visible_to(user).filter(order=order.pk).select_related("product").order_by("pk")
    whole = Order.objects.visible_to(user).select_related("company", "address").filter(pk=order.pk).first()
    found = list(rows)
    today = formats_here(order.currency).today
    return {"findings": findings(whole, found, today, user) if found and whole is not None else []}


def lines(order: Order, user: User) -> dict[str, Any]:
    """The lines of an order with its sums."""
    formats = formats_here(order.currency)
    rows = OrderLine.objects.visible_to(user).filter(order=order.pk).select_related("product", "product__unit")
    found = list(rows.order_by("pk"))
    draft = not order.fixed and covers(order, user, Order.permission("change"))
    known = type_of(OrderLine).known_to(user)
    back = address("web:detail", "orders", order.pk)
    made = standard(OrderLine, "create")
    return {
        "lines": [_line(line, order, formats, back if draft else "", priced="unit_price" in known) for line in found],
        "sums": _sums(order, found, formats) if "net" in type_of(Order).known_to(user) and found else [],
        "total": formats.money(order.total, order.currency, cents=True),
        "unknown": any(line.tax_rate is None for line in found),
        "add_url": f"{address('web:new', 'order-lines')}?order={order.pk}&next={back}"
        if draft and made is not None and made.open_to(user)
        else "",
    }


def _line(line: OrderLine, order: Order, formats: Formats, back: str, *, priced: bool) -> dict[str, Any]:
    unit = line.product.unit.symbol if line.product.unit else ""
    price = formats.money(line.unit_price, order.currency, cents=True) if line.unit_price is not None else "—"
    amount = line.net + line.tax if order.prices_with_tax else line.net
    edit = address("web:edit", "order-lines", line.pk)
    remove = address("web:do", "order-lines", line.pk, "delete-order-line")
    return {
        "name": line.description or line.product.name,
        "code": line.product.code,
        "quantity": " ".join(part for part in (formats.decimal(line.quantity), unit) if part),
        "shipped": formats.decimal(line.shipped) if line.shipped else "",
        "badges": badges_of(line, order, formats),
        "price": price if priced else "",
        "discount": formats.percent(line.discount) if line.discount and priced else "",
        "total": formats.money(amount, order.currency, cents=True) if priced and line.unit_price is not None else "",
        "edit_url": f"{edit}?next={back}" if back else "",
        "remove_url": f"{remove}?next={back}" if back else "",
    }


def badges_of(line: OrderLine, order: Order, formats: Formats) -> list[tuple[str, str]]:
    """Where a line is, in words with their tone: what left, what is ready, what is missing."""
    found: list[tuple[str, str]] = []
    if line.delivered and line.delivered >= line.wanted:
        found.append((_("Delivered"), "good"))
    elif line.shipped and not line.open:
        found.append((_("Shipped"), "good"))
    elif order.status in AHEAD:
        found += _ahead(line, formats)
    if line.returned:
        found.append((_("%(many)s returned") % {"many": formats.decimal(line.returned)}, "warn"))
    if line.cancelled:
        found.append((_("%(many)s cancelled") % {"many": formats.decimal(line.cancelled)}, ""))
    return found


def _ahead(line: OrderLine, formats: Formats) -> list[tuple[str, str]]:
    if line.product.nature == Nature.SERVICE:
        return [(_("Service"), "")]
    found: list[tuple[str, str]] = []
    if line.reserved:
        words = _("Reserved") if line.reserved >= line.open else _("%(many)s reserved")
        found.append((words % {"many": formats.decimal(line.reserved)}, "info"))
    missing = max(line.open - line.reserved, Decimal(0))
    if missing:
        values = {"many": formats.decimal(missing), "day": _day(line.expected_on, formats)}
        words = _("%(many)s missing, %(day)s") if values["day"] else _("%(many)s missing")
        found.append((words % values, "warn"))
    return found


def _day(day: date | None, formats: Formats) -> str:
    return formats.date_short(day) if day is not None else ""


def _sums(order: Order, lines: Sequence[OrderLine], formats: Formats) -> list[tuple[str, str]]:
    """The base and each tax with its amount."""
    priced = [rules.Priced(line.wanted, line.unit_price, line.discount, line.rates) for line in lines]
    found = rules.added_up(
        priced, order.currency, with_tax=order.prices_with_tax, rounding=Rounding(order.tax_rounding)
    )
    rows = [(_("Base"), formats.money(found.net, order.currency, cents=True))]
    for rate in found.rates:
        name = f"{rate.share.name} {formats.percent(rate.share.percent)}"
        rows.append((name, formats.money(rate.tax, order.currency, cents=True)))
    return rows
