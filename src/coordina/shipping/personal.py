"""What shipping keeps of people: where goods went and who took them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import Fate, Keeping, Subjects, by_key, holding, keeps
from coordina.customers.models import Person
from coordina.orders.models import Order
from coordina.shipping.models import Shipment, TrackingEvent

_ordered_by = by_key(Order, "person", Person._meta.label)


def _shipments(who: Subjects) -> "models.QuerySet[Any]":
    """Shipments of orders of somebody, and those whose words name them."""
    orders = _ordered_by(who).values_list("pk", flat=True)
    keys = set(Shipment._base_manager.filter(order__in=list(orders)).values_list("pk", flat=True))
    for column in ("delivery_to", "received_by", "notes", "trouble"):
        keys |= set(holding(Shipment, column)(who).values_list("pk", flat=True))
    return Shipment._base_manager.filter(pk__in=sorted(keys))


keeps(
    Keeping(
        model=Shipment,
        fate=Fate.EMPTIED,
        rows=_shipments,
        empties={"delivery_to": "", "received_by": "", "notes": "", "trouble": ""},
        tells=("reference", "shipped_on", "delivered_on", "delivery_to", "received_by", "notes"),
        why=_("That goods left, without where they went and who took them."),
    )
)
keeps(
    Keeping(
        model=TrackingEvent,
        fate=Fate.EMPTIED,
        rows=holding(TrackingEvent, "text"),
        empties={"text": ""},
        tells=("kind", "happened_at", "place", "text"),
        why=_("Where goods were, without the words that name somebody."),
    )
)
