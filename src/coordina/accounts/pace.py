"""How many requests a token may send in a minute, and how many are left.

With a shared cache every request is counted there. Without one, processes count by themselves and bring their counts
together in a table every few requests, so that reading does not become writing: each process is then at most one step
ahead of what it knows of the others. The same while the cache is out of reach.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from coordina.accounts.models import Attempt

WINDOW = 60
"""Seconds."""
STEPS = 20
"""Into how many parts a process divides what it may let pass before it tells the others."""
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Where somebody stands in the present minute.

    Attributes:
        limit: Requests of a minute.
        left: How many are left; below 0 where this one is too many.
        reset: Seconds until the next minute begins.
    """

    limit: int
    left: int
    reset: int


@dataclass(slots=True)
class _Count:
    """What a process knows of one key in one minute: what was counted everywhere, and what only here."""

    window: int
    shared: int = 0
    own: int = 0


_counts: dict[str, _Count] = {}
_lock = Lock()


def count(key: str, now: datetime) -> Pace:
    """Count one request.

    Args:
        key: Whose, such as `token:12`.
        now: When.
    """
    limit, second = settings.API_PER_MINUTE, int(now.timestamp())
    window = second // WINDOW
    used = _cached(key, window) if settings.REDIS_URL else None
    if used is None:
        used = _counted(key, window, max(1, limit // STEPS))
    return Pace(limit, limit - used, WINDOW - second % WINDOW)


def _cached(key: str, window: int) -> int | None:
    """Count in the shared cache; None while it is out of reach."""
    name = f"pace:{key}:{window}"
    cache.add(name, 0, WINDOW * 2)
    try:
        return int(cache.incr(name))
    except ValueError:
        return None


def _counted(key: str, window: int, step: int) -> int:
    with _lock:
        here = _counts.get(key)
        if here is None or here.window != window:
            if len(_counts) >= MOST:
                _counts.clear()
            here = _counts[key] = _Count(window)
        here.own += 1
        used, told = here.shared + here.own, here.own if here.own >= step else 0
        if told:
            here.own = 0
    if told:
        total = _told(key, window, told)
        with _lock:
            here.shared = max(here.shared, total)
            used = here.shared + here.own
    return used


def _told(key: str, window: int, more: int) -> int:
    """Add to the count of all processes; gives what it is now."""
    name = f"pace:{key}:{window}"
    begun = datetime.fromtimestamp(window * WINDOW, UTC)
    Attempt.objects.bulk_create([Attempt(key=name, count=0, since=begun)], ignore_conflicts=True)
    Attempt.objects.filter(key=name).update(count=F("count") + more)
    return Attempt.objects.filter(key=name).values_list("count", flat=True).first() or more
