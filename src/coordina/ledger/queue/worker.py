"""The worker: claims jobs for a handful of threads, wakes up by itself, stops in order."""

import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Collection

from django.db import DatabaseError, close_old_connections, connection

from coordina.ledger.queue import schedules
from coordina.ledger.queue.claim import Claimed, bury_killed, claim, give_back, waiting
from coordina.ledger.queue.execute import execute
from coordina.ledger.queue.keeper import Keeper
from coordina.ledger.queue.options import Options, options
from coordina.ledger.queue.progress import Run
from coordina.ledger.queue.pulse import Beating
from coordina.ledger.queue.wakeup import WakeUp, wake_up

logger = logging.getLogger(__name__)
UPKEEP = 1.0
"""Seconds between two looks at schedules and at jobs that killed their worker."""


def worker_name() -> str:
    """Give a name that no other worker has: host, process, and a random part."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def run_until_idle(*, queues: Collection[str] = (), limit: int = 100_000, scheduled: bool = False) -> int:
    """Run what is due in this thread, on this connection, until nothing is: for tests, seeders and benchmarks.

    Works inside a transaction too. Jobs that wait for a later time, such as failed ones, are left.

    Args:
        queues: Names of queues; none means all.
        limit: Most runs.
        scheduled: Whether schedules that are due are ticked first.

    Returns:
        How many runs there were.
    """
    set_up, name = options(), worker_name()
    if scheduled:
        schedules.sync()
        schedules.tick()
    count = 0
    while count < limit:
        found = claim(name, limit=1, lease=set_up.lease_time, queues=queues)
        if not found and not bury_killed():
            break
        for claimed in found:
            execute(Run(claimed, kept=False, every=set_up.progress))
            count += 1
    return count


class Worker:
    """One worker process, or a worker inside another program.

    Args:
        threads: How many jobs run at once.
        queues: Names of queues; none means all.
        set_up: Times; those of the settings by default.
    """

    def __init__(self, *, threads: int = 2, queues: Collection[str] = (), set_up: Options | None = None) -> None:
        self.name = worker_name()
        self.threads = threads
        self.queues = tuple(queues)
        self.set_up = set_up or options()
        self.ran = 0
        self._stopping = threading.Event()
        self._inbox: queue.SimpleQueue[Claimed | None] = queue.SimpleQueue()
        self._free = threading.Semaphore(threads)
        self._busy: dict[tuple[int, int], Claimed] = {}
        self._keeper = Keeper(self.set_up)
        self._beating = Beating(self.name, threads)
        self._wake: WakeUp | None = None
        self._next_upkeep = 0.0
        self._hands = [threading.Thread(target=self._work, name=f"jobs-{n}", daemon=True) for n in range(threads)]

    def stop(self) -> None:
        """Ask to stop, from a signal handler or another thread: `run` returns within the time to drain."""
        self._stopping.set()
        if self._wake:
            self._wake.nudge()

    def run(self, *, once: bool = False) -> int:
        """Work until `stop`, or with `once` until nothing is due and nothing runs.

        Returns:
            How many runs there were.
        """
        _relax_connection()
        self._keeper.start()
        for hand in self._hands:
            hand.start()
        self._wake = wake_up(self.queues, self.threads, once=once)
        try:
            self._loop(self._wake, once=once)
        finally:
            self._drain()
            self._wake.close()
            connection.close()
        return self.ran

    def _loop(self, wake: WakeUp, *, once: bool) -> None:
        synced = False
        while not self._stopping.is_set():
            try:
                if not synced:
                    schedules.sync()
                    synced = True
                self._upkeep()
                if self._hand_out():
                    continue
                if once and not self._busy:
                    if not bury_killed():
                        return
                    continue
            except DatabaseError:
                logger.warning("The worker could not reach the database; it tries again.", exc_info=True)
                connection.close()
            wake.wait(self.set_up.fallback)

    def _upkeep(self) -> None:
        now = time.monotonic()
        if now >= self._next_upkeep:
            self._next_upkeep = now + UPKEEP
            close_old_connections()
            schedules.tick()
            bury_killed()
            self._beat()

    def _beat(self) -> None:
        """Give a sign of life. Work goes on without it: while a new table is not there yet, too."""
        try:
            self._beating.beat(self._wake.away_since if self._wake else None)
        except DatabaseError:
            logger.warning("The worker could not give a sign of life.", exc_info=True)
            connection.close()

    def _hand_out(self) -> int:
        """Claim as many jobs as can start at once. Waits for a free thread, at most until the next upkeep."""
        if not self._free.acquire(timeout=UPKEEP):
            return 0
        slots = 1
        while slots < self.threads and self._free.acquire(blocking=False):
            slots += 1
        jobs: list[Claimed] = []
        try:
            if not self._stopping.is_set() and self._wake:
                jobs = self._claim(self._wake, slots)
            for job in jobs:
                self._busy[job.pk, job.attempt] = job
                self._inbox.put(job)
        finally:
            if slots > len(jobs):
                self._free.release(slots - len(jobs))
        return len(jobs)

    def _claim(self, wake: WakeUp, slots: int) -> list[Claimed]:
        """Claim what messages name, else what the table holds."""
        lease = self.set_up.lease_time
        if pks := wake.offered(slots):
            jobs = claim(self.name, limit=slots, lease=lease, queues=self.queues, pks=pks)
            if jobs:
                return jobs
        if not wake.looks():
            return []
        # The look first: a claim takes SQLite's only write lock, and most wake-ups are not about jobs.
        found = waiting(self.queues)
        jobs = claim(self.name, limit=slots, lease=lease, queues=self.queues) if found else []
        wake.looked(bool(jobs))
        return jobs

    def _work(self) -> None:
        """One thread: run jobs until told to end."""
        while (claimed := self._inbox.get()) is not None:
            run = Run(claimed, kept=True, every=self.set_up.progress)
            run.stopping = self._stopping.is_set()
            self._keeper.add(run)
            try:
                execute(run)
            except DatabaseError:  # the lease will run out and the job be taken again
                logger.exception("Job %s could not be settled.", claimed.pk)
                connection.close()
            finally:
                self._keeper.remove(run)
                self._busy.pop((claimed.pk, claimed.attempt), None)
                self.ran += 1
                close_old_connections()
                self._free.release()
                if self._wake:
                    self._wake.nudge()
        connection.close()

    def _drain(self) -> None:
        """Let running jobs end, ask long ones to stop at their next step, and give back what is still there then."""
        for _hand in self._hands:
            self._inbox.put(None)
        end = time.monotonic() + self.set_up.drain
        for hand in self._hands:
            while hand.is_alive() and time.monotonic() < end:
                for run in self._keeper.runs():
                    run.stopping = True
                hand.join(timeout=0.1)
        self._keeper.stop()
        self._keeper.join(timeout=2)
        if left := list(self._busy.values()):
            count = give_back(left)
            logger.warning("The worker stopped during %s jobs; they are back in the queue.", count)
        try:
            self._beating.end()
        except DatabaseError:
            logger.warning("The worker could not say that it ends.", exc_info=True)


def _relax_connection() -> None:
    """Claims need not wait for the disk: see `claim.relaxed`. This connection belongs to this thread alone."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
