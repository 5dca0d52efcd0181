"""How a worker hears that there is work, without asking all the time.

PostgreSQL: LISTEN/NOTIFY. SQLite: `PRAGMA data_version`, which changes when another connection commits; reading it
costs about 10 µs and takes no lock. With a broker: a message with the job's id, to one worker instead of all. A missed
sign costs the fallback of a second, never a job.
"""

import select
import socket
import threading
import time
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from django.db import connection, transaction

from coordina.ledger.queue import broker, sender
from coordina.ledger.queue.receiver import Receiver

CHANNEL = "coordina_jobs"
QUICK, SLOW, AWAKE = 0.02, 0.2, 1.0
"""Seconds between two looks while there is work, when there is none, and how long one counts as awake."""


def announce(pk: int, queue: str) -> None:
    """Tell waiting workers, after the commit, that a job may begin. On SQLite alone the commit itself is the sign.

    After the commit and not in it, because a NOTIFY in a writing transaction holds a lock over all commits.

    Args:
        pk: The job.
        queue: Its queue.
    """
    if broker.in_use():
        transaction.on_commit(partial(sender.offer, pk, queue))
        return
    if connection.vendor != "postgresql":
        return
    if connection.in_atomic_block and any(entry[1] is _notify for entry in connection.run_on_commit):
        return
    transaction.on_commit(_notify)


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


class WakeUp(Protocol):
    """Waits for work in the worker's main thread; other threads may nudge it.

    Attributes:
        away_since: Since when the broker is out of reach; None while it is not, or where there is none.
    """

    away_since: datetime | None

    def offered(self, most: int) -> list[int]:
        """Take the ids of jobs that came by message, up to `most`."""
        ...

    def looks(self) -> bool:
        """Whether it is time to look at the table."""
        ...

    def looked(self, found: bool) -> None:
        """Hear whether the table held anything."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when there may be work, at the latest after `seconds`."""
        ...

    def nudge(self) -> None:
        """End a wait from another thread."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


def wake_up(queues: Collection[str], threads: int, *, once: bool = False) -> WakeUp:
    """Give what fits: the broker's messages, else what the database offers.

    Args:
        queues: Names of queues of jobs; none means all.
        threads: How many jobs the worker can begin at once.
        once: It only empties the table and ends: no message is waited for.
    """
    if broker.in_use() and not once:
        return Receiver(queues, threads)
    return Listener() if connection.vendor == "postgresql" else Poller()


class TableSigns:
    """What signs of the database have in common: they name no job, so each of them is a reason to look at the table."""

    away_since: datetime | None = None

    def offered(self, most: int) -> list[int]:
        """None."""
        return []

    def looks(self) -> bool:
        """Always."""
        return True

    def looked(self, found: bool) -> None:
        """Nothing follows."""


class Poller(TableSigns):
    """Looks at SQLite's version of the data, often while there is work, seldom when there is none."""

    def __init__(self) -> None:
        self._nudged = threading.Event()
        self._version = self._read()
        self._busy_until = 0.0
        self._pause = QUICK

    def _read(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])

    def wait(self, seconds: float) -> None:
        """Return at the next commit of anybody else or nudge, at the latest after `seconds`."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            self._pause = QUICK if now < self._busy_until else min(SLOW, self._pause * 1.5)
            nudged = self._nudged.wait(min(self._pause, end - now))
            version = self._read()
            if nudged or version != self._version:
                self._nudged.clear()
                self._version = version
                self._busy_until = time.monotonic() + AWAKE
                return

    def nudge(self) -> None:
        """End a wait from another thread."""
        self._nudged.set()

    def close(self) -> None:
        """Nothing is held."""


class Listener(TableSigns):
    """Listens on a PostgreSQL connection of its own; when that fails the fallback still looks at the table."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._far.setblocking(False)
        self._near.setblocking(False)
        self._link: Any = None

    def _connected(self) -> Any:
        if self._link is None:
            import psycopg

            params = {k: v for k, v in connection.get_connection_params().items() if k not in _DJANGO_ONLY}
            self._link = psycopg.connect(**params, autocommit=True)
            self._link.execute(f"LISTEN {CHANNEL}")
        return self._link

    def wait(self, seconds: float) -> None:
        """Return at the next notification or nudge, at the latest after `seconds`."""
        import psycopg

        try:
            link = self._connected()
            ready, _, _ = select.select([link.fileno(), self._near], [], [], seconds)
            if link.fileno() in ready:
                list(link.notifies(timeout=0))
        except (psycopg.Error, OSError):
            self._drop()
            ready, _, _ = select.select([self._near], [], [], seconds)
        if self._near in ready:
            self._near.recv(4096)

    def nudge(self) -> None:
        """End a wait from another thread."""
        try:
            self._far.send(b".")
        except BlockingIOError:
            return  # enough of them are on their way

    def close(self) -> None:
        """Close the connection and the pair of sockets."""
        self._drop()
        self._near.close()
        self._far.close()

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


_DJANGO_ONLY = {"cursor_factory", "context", "prepare_threshold"}
