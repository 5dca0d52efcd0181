"""What orders keep of people: whom an order was agreed with, and where it goes."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import Fate, Keeping, Subjects, by_key, holding, keeps
from coordina.customers.models import Person
from coordina.orders.models import Order

_agreed_with = by_key(Order, "person", Person._meta.label)


def _of(who: Subjects) -> "models.QuerySet[Any]":
    """Orders of somebody, and those whose words name them."""
    finders = (_agreed_with, holding(Order, "delivery_to"), holding(Order, "notes"))
    keys = {pk for found in finders for pk in found(who).values_list("pk", flat=True)}
    return Order._base_manager.filter(pk__in=sorted(keys))


keeps(
    Keeping(
        model=Order,
        fate=Fate.EMPTIED,
        rows=_of,
        empties={"person_id": None, "delivery_to": "", "notes": ""},
        tells=("reference", "status", "placed_on", "delivery_to", "notes"),
        why=_("The order itself: it is the company's. Contact, place and notes are taken out."),
    )
)
