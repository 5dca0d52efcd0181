"""What a customer says on the page of their link: that everything arrived."""

import datetime as dt
from typing import cast

from coordina.accounts.company import company_day
from coordina.accounts.models import User
from coordina.ledger.change_sets import AlreadyDone, change_set
from coordina.orders.enums import State
from coordina.orders.fulfilment import acknowledge, deliver_lines
from coordina.orders.models import Order, OrderLine
from coordina.promises import links
from coordina.promises.models import StatusLink

CONFIRM = "promises.confirm_receipt"
NOBODY = cast(User, None)
"""The customer is no user; the change set says that it came by a link."""


def found_by(token: str) -> StatusLink | None:
    """The link of a token, whether or not it works still."""
    found: StatusLink | None = (
        StatusLink.objects.filter(digest=links.digest_of(token[: links.LONGEST]))
        .select_related("order", "order__company")
        .first()
    )
    return found


def may_confirm(order: Order) -> bool:
    """Whether the customer can confirm the receipt: everything left, and nobody has confirmed it."""
    return order.receipt_on is None and order.status in (State.SHIPPED, State.DELIVERED)


def confirm(link: StatusLink, at: dt.datetime) -> bool:
    """Note that the customer has everything; what was on its way has arrived by that. Once, however often it is sent.

    Returns:
        Whether it is confirmed now.
    """
    order = link.order
    if not may_confirm(order):
        return order.receipt_on is not None
    today = company_day(at)
    try:
        with change_set(by=None, at=at, via="link", action=CONFIRM, key=f"{CONFIRM}:{link.pk}"):
            away = {
                line.pk: line.shipped - line.delivered
                for line in OrderLine.objects.filter(order=order.pk).order_by("pk")
                if line.shipped > line.delivered
            }
            if away:
                deliver_lines(order, away, today, NOBODY, at)
            acknowledge(order, today, NOBODY, at)
            kept = StatusLink.objects.locked().get(pk=link.pk)
            kept.confirmed_at = at
            kept.save()
    except AlreadyDone:
        order.refresh_from_db()
    return order.receipt_on is not None
