"""What somebody may read of what they were told, now: lists, the count of the bell, and mails ask here."""

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.conf import settings
from django.utils import translation

from coordina.accounts.models import User
from coordina.activity.kinds import FOLLOWED, KINDS
from coordina.activity.models import Notification
from coordina.activity.seeing import seen_of
from coordina.core.types import find_type


def readable(rows: Iterable[Notification], user: User) -> list[Notification]:
    """Those whose record the person still sees; of a summary the records that are left, in `also`.

    One query for each kind of record among them.
    """
    found = list(rows)
    wanted: dict[str, set[int]] = {}
    for each in found:
        if each.subject_id is not None:
            wanted.setdefault(each.subject_type, set()).update((each.subject_id, *each.also))
    seen = {label: seen_of(user, label, ids) for label, ids in wanted.items()}
    return [each for each in found if _left(each, user, seen.get(each.subject_type, set()))]


def _left(each: Notification, user: User, seen: set[int]) -> bool:
    kind = KINDS.get(each.kind)
    if kind is None or each.withdrawn or (kind.permission and not user.may(kind.permission)):
        return False
    if each.subject_id is None:
        return True
    if each.kind == FOLLOWED and _tells_hidden(each, user):
        return False
    each.also = [pk for pk in each.also if pk in seen]
    if each.subject_id not in seen and each.also:
        each.subject_id = each.also[0]
    return each.subject_id in seen


def _tells_hidden(each: Notification, user: User) -> bool:
    """Whether news of a change, told earlier, name a field that is hidden from the person by now."""
    model = apps.get_model(each.subject_type)
    known = find_type(model)
    if known is None:
        return False
    for name in known.sight(user).hidden:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                if f"{known.fields[name].label}: " in each.text:
                    return True
    return False


def newest(user: User, *, unread: bool = False, before: int | None = None, limit: int = 30) -> list[Notification]:
    """What somebody was told last and may still read, newest first; at most `limit`, fewer where sight was lost."""
    rows = Notification.objects.filter(person_id=user.pk, withdrawn=False)
    if unread:
        rows = rows.filter(read_at__isnull=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return readable(rows.order_by("-pk")[:limit], user)


def ids_of(rows: Sequence[Notification]) -> list[int]:
    """Their ids."""
    return [each.pk for each in rows]
