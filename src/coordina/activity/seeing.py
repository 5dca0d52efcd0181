"""Whether somebody sees a record now: asked when something is told, shown, counted or mailed."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any

from django.apps import apps

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.records import Record
from coordina.core.visibility import places, reaches

AT_ONCE = 1000
"""Records that are held at once while it is asked who sees them."""


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


def seen_by_each(people: Iterable[User], label: str, wanted: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    """Which records of a model each of many people sees: what `seen_of` says of one, without a query for each.

    Args:
        people: Who is asked about.
        label: Such as `customers.Company`.
        wanted: By id of the person: ids of records.
    """
    model: Any = apps.get_model(label)
    asked = list(people)
    if len(asked) == 1 or model.scope_parent or hasattr(model, "condition"):
        return {user.pk: seen_of(user, label, wanted[user.pk]) for user in asked}
    by_record: dict[int, list[User]] = {}
    for user in asked:
        for key in wanted[user.pk]:
            by_record.setdefault(key, []).append(user)
    scopes = {user.pk: user.scope(model.view_permission()) for user in asked}
    columns = [f"{name}_id" for name in places(model)]
    found: dict[int, set[int]] = {user.pk: set() for user in asked}
    for part in batched(sorted(by_record), AT_ONCE):
        rows = model._base_manager.filter(pk__in=part).order_by()
        for key, *held in rows.values_list("pk", *columns):
            for user in by_record[key]:
                if reaches(model, scopes[user.pk], *held):
                    found[user.pk].add(key)
    return found


def sees(user: User, record: Record) -> bool:
    """Whether somebody sees a record."""
    return record.pk in seen_of(user, record._meta.label, [record.pk])
