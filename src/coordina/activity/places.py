"""Where a notification leads, and what the record it is about is called."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from coordina.accounts.models import User
from coordina.activity.models import Notification
from coordina.core.addresses import address
from coordina.core.types import find_type

type Titles = dict[tuple[str, int], str]


def titles_of(rows: Iterable[Notification], user: User) -> Titles:
    """Names of the records that somebody is told of, by model label and id; only those that they see."""
    wanted: dict[str, set[int]] = {}
    for each in rows:
        if each.subject_id is not None:
            wanted.setdefault(each.subject_type, set()).add(each.subject_id)
    found: Titles = {}
    for label, ids in wanted.items():
        model: Any = apps.get_model(label)
        pairs = model.objects.visible_to(user).filter(pk__in=ids).values_list("pk", model.title_column)
        found |= {(label, pk): str(title) for pk, title in pairs}
    return found


def place_of(each: Notification) -> str:
    """Path of the page it leads to: its own, else that of its record."""
    if each.url:
        return each.url
    return place_of_record(each.subject_type, each.subject_id)


def place_of_record(label: str, pk: int | None) -> str:
    """Path of a record's page; the notifications themselves where it has none."""
    known = find_type(apps.get_model(label)) if label and pk is not None else None
    if known is None or known.within or pk is None:
        return address("activity:notifications")
    return address("web:detail", known.url, pk)
