"""Whether this installation can do its work now: what `/ready/`, `./run manage ready` and the system page ask."""

import threading
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from coordina.core.database import answers
from coordina.core.storing.areas import the_store
from coordina.ledger.queue import broker
from coordina.ledger.queue.pulse import seen_lately

PATIENCE = 2
"""Seconds that a service has to answer."""
SPARED = frozenset({"broker", "files"})
"""What may be away without anybody being sent elsewhere: workers then find the jobs in the table by themselves, and all
but files goes on without their bucket, which is away for every other server as well."""
FRESH = 1.0
"""Seconds for which a process gives the same answer to strangers, however often they ask."""


@cache
def _written() -> frozenset[tuple[str, str]]:
    """The migrations of this program: app and name."""
    return frozenset(MigrationLoader(None).disk_migrations)


def missing() -> list[str]:
    """Migrations that the database has not seen, as `app.name`. Raises DatabaseError."""
    done = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _written() if (app, name) not in done)


def cache_answers() -> bool:
    """Whether the Redis of `REDIS_URL` answers."""
    import redis

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False


def broker_waiting() -> int | None:
    """How many messages wait at the broker of `BROKER_URL`; None where it does not answer."""
    try:
        return broker.waiting()
    except broker.Away:
        return None


def readiness() -> dict[str, bool]:
    """Each thing that must hold, and whether it does; cache and files only where a service holds them.

    Broker and files are told of, too, but nobody is sent elsewhere for them: see `SPARED`.
    """
    found = {"database": answers(PATIENCE)}
    asked: dict[str, Callable[[], bool]] = {"migrations": lambda: not missing(), "worker": lambda: bool(seen_lately())}
    for name, ask in asked.items():
        try:
            found[name] = found["database"] and ask()
        except DatabaseError:
            found[name] = False
    if settings.REDIS_URL:
        found["cache"] = cache_answers()
    if settings.FILES is not None:
        found["files"] = the_store().trouble(PATIENCE) is None
    if broker.in_use():
        found["broker"] = broker_waiting() is not None
    return found


def in_order(found: dict[str, bool]) -> bool:
    """Whether everything holds that must."""
    return all(holds for name, holds in found.items() if name not in SPARED)


_lock = threading.Lock()
_last: tuple[float, dict[str, bool]] | None = None


def readiness_lately() -> dict[str, bool]:
    """What `readiness` said within the last second, or says now: nobody keeps the database busy by asking."""
    global _last
    with _lock:
        now = time.monotonic()
        if _last is None or now - _last[0] > FRESH:
            _last = (now, readiness())
        return _last[1]


def forget() -> None:
    """Ask anew next time: for tests."""
    global _last
    _last = None
