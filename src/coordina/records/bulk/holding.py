"""Which records cannot be deleted because others refer to them, found for many at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.deletion import RecordedCollector, held
from coordina.core.records import Record


def blocked(model: type[Record], objs: Sequence[Record], by: User) -> dict[int, str]:
    """Why some of these records cannot be deleted, by id; nouns of what the person cannot see are not named."""
    keys = {o.pk for o in objs}
    nouns: dict[int, dict[str, None]] = defaultdict(dict)
    for referrer, column in _protectors(model):
        holders = referrer._base_manager.filter(**{f"{column.name}__in": keys})
        if referrer is model:
            holders = holders.exclude(pk__in=keys)
        targets = set(holders.order_by().values_list(column.attname, flat=True))
        if not targets:
            continue
        seen: set[int] = set()
        if issubclass(referrer, Record):
            rows: Any = referrer.objects
            visible = rows.visible_to(by).filter(**{f"{column.name}__in": targets})
            seen = set(visible.order_by().values_list(column.attname, flat=True))
        for pk in targets:
            nouns[pk][str(referrer._meta.verbose_name_plural) if pk in seen else _("records you cannot see")] = None
    found = {pk: _("Others refer to it: %(records)s.") % {"records": ", ".join(names)} for pk, names in nouns.items()}
    return found | _deeper([o for o in objs if o.pk not in found], by)


def _protectors(model: type[Record]) -> list[tuple[type[models.Model], Any]]:
    """Foreign keys that keep rows of a model from being deleted."""
    return [
        (other, column)
        for other in apps.get_models()
        for column in other._meta.concrete_fields
        if column.related_model is model
        and column.remote_field is not None
        and getattr(column.remote_field, "on_delete", None) in (models.PROTECT, models.RESTRICT)
    ]


def _deeper(objs: Sequence[Record], by: User) -> dict[int, str]:
    """What is kept by something that refers to what would go along with it; halves until the ones are found."""
    if not objs:
        return {}
    try:
        RecordedCollector(using="default").collect(list(objs))
    except ProtectedError as error:
        holders: Any = error.protected_objects
    except RestrictedError as error:
        holders = error.restricted_objects
    else:
        return {}
    if len(objs) == 1:
        return {objs[0].pk: str(held(objs, holders, by))}
    half = len(objs) // 2
    return _deeper(objs[:half], by) | _deeper(objs[half:], by)
