"""Who follows a record: who owns or made it, comments it, is mentioned, or wants to; not who stays out."""

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps

from coordina.accounts.models import User
from coordina.activity.models import Follow
from coordina.core.records import Record
from coordina.ledger.change_sets import cause
from coordina.ledger.models.changes import Change


def followers_of(record: Record) -> set[int]:
    """Ids of the people who follow a record; whether they still see it is asked when they are told."""
    return followers_of_many(record._meta.label, [record.pk])[record.pk]


def followers_of_many(label: str, ids: Collection[int]) -> dict[int, set[int]]:
    """Followers by record. Four queries, however many records.

    Args:
        label: Of their model, such as `customers.Company`.
    """
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    model: Any = apps.get_model(label)
    if model.scope_owner:
        owners = model._base_manager.filter(pk__in=ids, **{f"{model.scope_owner}__isnull": False})
        for pk, owner in owners.values_list("pk", f"{model.scope_owner}_id"):
            found[pk].add(owner)
    makers = Change.objects.filter(model=label, object_id__in=ids, kind="c", change_set__by__isnull=False)
    for pk, maker in makers.exclude(change_set__via="import").values_list("object_id", "change_set__by_id"):
        found[pk].add(maker)
    rows = Follow.objects.filter(subject_type=label, subject_id__in=ids)
    for pk, person, active in rows.values_list("subject_id", "person_id", "active"):
        (found[pk].add if active else found[pk].discard)(person)
    return found


def follow(user: User, record: Record, *, active: bool = True) -> None:
    """Let somebody follow a record, or stay out of it."""
    Follow.objects.update_or_create(
        subject_type=record._meta.label,
        subject_id=record.pk,
        person_id=user.pk,
        defaults={"active": active, "change_set_id": None},
    )


def let_follow(people: Iterable[int], record: Record) -> None:
    """Let people follow a record because of what they did or what was said to them; who stays out stays out."""
    rows = [
        Follow(person_id=pk, subject_type=record._meta.label, subject_id=record.pk, change_set_id=cause())
        for pk in sorted(set(people))
    ]
    Follow.objects.bulk_create(rows, ignore_conflicts=True)
