"""The number at the bell: one look at an index a page; counted again only when something may have changed it."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from coordina.activity.models import Notification
from coordina.activity.shown import readable
from coordina.core.database import keeping_cursor

MOST = 99
"""Notifications that are counted; more are shown as «99+»."""
SURE = 60
"""Seconds that a count is believed: the record of a notification may have gone out of sight meanwhile."""
KEPT = 2000
"""People whose count a process keeps."""
_VERSION = "SELECT version FROM activity_bell WHERE person_id = %s"

type Mark = tuple[int, Any, int]

_counts: OrderedDict[int, tuple[Mark, int]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class State:
    """What the bell shows.

    Attributes:
        count: Unread notifications that the person may read, at most one more than `MOST`.
        etag: Changes with what is shown.
    """

    count: int
    etag: str

    @property
    def label(self) -> str:
        """The number as it stands at the bell; empty for none."""
        return f"{MOST}+" if self.count > MOST else str(self.count or "")


def state_of(user: Any) -> State:
    """What the bell of a person shows now."""
    with keeping_cursor() as cursor:
        cursor.execute(_VERSION, [user.pk])
        row = cursor.fetchone()
    if row is None:
        return State(0, "0-0")
    mark: Mark = (row[0], getattr(user, "stamp", None), int(time.monotonic() // SURE))
    known = _counts.get(user.pk)
    count = known[1] if known is not None and known[0] == mark else _counted(user, mark)
    return State(count, f"{row[0]}-{count}")


def _counted(user: Any, mark: Mark) -> int:
    rows = Notification.objects.filter(person_id=user.pk, withdrawn=False, read_at__isnull=True).order_by("-pk")
    count = len(readable(rows[: MOST + 1], user))
    with _lock:
        _counts[user.pk] = (mark, count)
        _counts.move_to_end(user.pk)
        while len(_counts) > KEPT:
            _counts.popitem(last=False)
    return count


def forget_counts() -> None:
    """Count again, for tests that turn back time."""
    with _lock:
        _counts.clear()
