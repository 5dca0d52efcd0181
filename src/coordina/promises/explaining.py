"""Saying why a day was promised: what is where, and what it waits for."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.promises.enums import Source
from coordina.promises.models import Promise
from coordina.promises.reckoning import Share
from coordina.stock.models import PurchaseOrder, Warehouse


class Names:
    """What warehouses and purchase orders are called, as far as somebody is told.

    Args:
        user: Who reads it; who sees no purchase orders is told of none by its number.
        shares: What is explained.
    """

    def __init__(self, user: User, shares: Collection[Share]) -> None:
        rows = Warehouse.objects.visible_to(user).filter(pk__in={share.warehouse or 0 for share in shares})
        self.places = dict(rows.values_list("pk", "name"))
        bought = PurchaseOrder.objects.visible_to(user).filter(pk__in={share.purchase or 0 for share in shares})
        self.purchases = dict(bought.values_list("pk", "reference"))


def share_of(promise: Promise) -> Share:
    """What a kept promise stands on."""
    return Share(
        Source(promise.source),
        promise.quantity,
        promise.warehouse_id,
        promise.purchase_id,
        promise.ready_on,
        promise.arrives_on,
    )


def reasons(shares: Sequence[Share], names: Names, formats: Formats) -> str:
    """What a day stands on: «5 of 8 in Central, 3 wait for purchase order PUR-000012 of 28 November»."""
    whole = sum((share.quantity for share in shares), start=shares[0].quantity * 0) if shares else 0
    parts = []
    for number, share in enumerate(shares):
        many = formats.decimal(share.quantity)
        if not number and len(shares) > 1:
            many = _("%(part)s of %(whole)s") % {"part": many, "whole": formats.decimal(whole)}
        parts.append(_reason(share, many, names, formats))
    return ", ".join(parts)


def _reason(share: Share, many: str, names: Names, formats: Formats) -> str:
    place = names.places.get(share.warehouse or 0, "")
    values = {"many": many, "place": place, "day": formats.date_long(share.ready_on)}
    if share.source == Source.STOCK:
        return (_("%(many)s in %(place)s") if place else _("%(many)s in stock")) % values
    if share.source == Source.RECEIPT:
        purchase = names.purchases.get(share.purchase or 0, "")
        if purchase:
            return _("%(many)s wait for purchase order %(purchase)s of %(day)s") % (values | {"purchase": purchase})
        return _("%(many)s wait for a purchase order of %(day)s") % values
    if share.source == Source.SUPPLIER:
        return _("%(many)s have to be ordered and would come on %(day)s") % values
    return _("nobody knows when %(many)s come") % values
