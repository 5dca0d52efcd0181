"""The orders of a company or of an opportunity."""

from typing import Any
from urllib.parse import urlencode

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.orders.cells import TONES
from coordina.orders.enums import State
from coordina.orders.models import Order
from coordina.pipeline.models import Opportunity

SHOWN = 5


def orders(record: Record, user: User) -> dict[str, Any]:
    """The orders of a company or an opportunity, the newest first, with the way to write one more."""
    about = "opportunity" if isinstance(record, Opportunity) else "company"
    rows = Order.objects.visible_to(user).filter(**{about: record.pk}).order_by("-placed_on", "-pk")
    found = list(rows[: SHOWN + 1])
    formats, known = formats_here(""), type_of(Order).known_to(user)
    given = {about: record.pk}
    if isinstance(record, Opportunity) and record.company_id is not None:
        given["company"] = record.company_id
    made = standard(Order, "create")
    company = isinstance(record, Company) or "company" in given
    return {
        "orders": [
            {
                "url": address("web:detail", "orders", order.pk),
                "name": order.reference,
                "state": State(order.status).label,
                "tone": TONES.get(State(order.status), ""),
                "total": formats.money(order.total, order.currency) if "total" in known else "",
                "day": formats.date_short(order.placed_on),
            }
            for order in found[:SHOWN]
        ],
        "more_url": f"{address('web:list', 'orders')}?{urlencode({'q': f'{about} = {record.pk}'})}"
        if len(found) > SHOWN
        else "",
        "new_url": f"{address('web:new', 'orders')}?{urlencode(given)}"
        if company and made is not None and made.open_to(user)
        else "",
    }
