"""Winning an opportunity drafts its order, in the same change, so that undoing the one takes the other back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import consequence_of, standard
from coordina.core.types import type_of
from coordina.orders.models import Order, OrderLine
from coordina.pipeline.actions import win
from coordina.pipeline.models import Opportunity, OpportunityLine


def will_draft(opportunity: Opportunity, user: User) -> str:
    """What the form of winning says of it."""
    if not _drafts(opportunity):
        return ""
    return _("An order is drafted for %(company)s with the products of the opportunity.") % {
        "company": opportunity.company
    }


def _drafts(opportunity: Opportunity) -> bool:
    """Whether an order comes of it: it has a company and products, and none was written by hand already."""
    if opportunity.company_id is None or Order.objects.filter(opportunity=opportunity.pk).exists():
        return False
    return OpportunityLine.objects.filter(opportunity=opportunity.pk).exists()


@consequence_of(win, says=will_draft)
def draft_order(opportunity: Opportunity, *, by: User, at: datetime) -> None:
    """Draft the order of a won opportunity: its company, contact, owner, currency and products at the agreed prices."""
    made = standard(Order, "create")
    if not _drafts(opportunity) or made is None:
        return
    head: dict[str, Any] = {
        "company": opportunity.company,
        "person": opportunity.person,
        "opportunity": opportunity,
        "owner": opportunity.owner,
        "currency": opportunity.currency,
        "placed_on": opportunity.closed_on,
    }
    writer = type_of(Order).writer
    [order] = writer.create([writer.clean(head)], by=by, at=at)
    lines = OpportunityLine.objects.filter(opportunity=opportunity.pk).select_related("product").order_by("pk")
    parts = type_of(OrderLine).writer
    rows = [
        {"order": order, "product": line.product, "quantity": line.quantity}
        | ({"unit_price": line.unit_price} if line.unit_price is not None else {})
        for line in lines
    ]
    parts.create([parts.clean(row) for row in rows], by=by, at=at)
