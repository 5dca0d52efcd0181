"""Whether somebody sees a record now: asked when something is told, shown, counted or mailed."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.records import Record


def people_of(ids: Iterable[int]) -> list[User]:
    """People with access to Coordina, with role and team, by id; others are left out."""
    rows = User.objects.for_request().filter(pk__in=set(ids), access=Access.ACTIVE)
    return list(rows.order_by("pk"))


def seen_of(user: User, label: str, ids: Iterable[int]) -> set[int]:
    """Which records of a model somebody sees; none of an unknown model.

    Args:
        label: Such as `customers.Company`.
    """
    wanted = set(ids)
    try:
        model: Any = apps.get_model(label)
    except (LookupError, ValueError):
        return set()
    if not wanted or not issubclass(model, Record):
        return set()
    return set(model.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))


def sees(user: User, record: Record) -> bool:
    """Whether somebody sees a record."""
    return record.pk in seen_of(user, record._meta.label, [record.pk])
