"""Marking notifications read, and choosing how to hear of what."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity.kinds import KINDS
from coordina.activity.models import How, Notification, Preference
from coordina.activity.notifications import ring
from coordina.core.refusals import Text


def mark_read(user: User, ids: Iterable[int]) -> int:
    """Mark some of a person's notifications read. Gives how many were not."""
    return _marked(user, Notification.objects.filter(person_id=user.pk, pk__in=list(ids)))


def mark_all_read(user: User, upto: int) -> int:
    """Mark everything read that a page has shown: later arrivals stay unread.

    Args:
        upto: Id of the newest one that the page knew.
    """
    return _marked(user, Notification.objects.filter(person_id=user.pk, pk__lte=upto))


def _marked(user: User, rows: QuerySet[Notification]) -> int:
    keys = list(rows.filter(read_at__isnull=True).values_list("pk", flat=True))
    count = Notification.objects.filter(pk__in=keys).update(read_at=timezone.now())
    if count:
        ring([user.pk])
    return count


def choices_of(user: User) -> list[tuple[str, Text, str, list[tuple[str, Text]]]]:
    """Every kind that concerns a person: its name, label, the way now in force, and the ways there are."""
    chosen = dict(Preference.objects.filter(person_id=user.pk).values_list("kind", "how"))
    kinds = sorted(KINDS.items(), key=lambda pair: pair[1].order)
    return [
        (name, kind.label, chosen.get(name, kind.usual.value), list(How.choices))
        for name, kind in kinds
        if not kind.permission or user.may(kind.permission)
    ]


def choose(user: User, ways: Mapping[str, str]) -> None:
    """Keep how a person wants to hear of kinds; unknown names and ways are passed over."""
    for kind, how in ways.items():
        if kind in KINDS and how in How.values:
            Preference.objects.update_or_create(person_id=user.pk, kind=kind, defaults={"how": how})
