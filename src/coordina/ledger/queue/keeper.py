"""The thread beside the working threads: renews leases, writes progress, listens for cancellation."""

import logging
import threading
import time

from django.db import DatabaseError, connection

from coordina.ledger.queue.claim import renew
from coordina.ledger.queue.options import Options
from coordina.ledger.queue.progress import Run, refresh

logger = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between two looks at the wish to cancel."""


class Keeper(threading.Thread):
    """Keeps the running jobs of one worker process. Sleeps without any polling while nothing runs.

    Jobs shorter than the progress interval never reach it.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(name="jobs-keeper", daemon=True)
        self._options = options
        self._runs: dict[int, Run] = {}
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._stop_asked = False

    def add(self, run: Run) -> None:
        """Start to keep a run."""
        with self._lock:
            self._runs[id(run)] = run
        self._some.set()

    def remove(self, run: Run) -> None:
        """The run is over."""
        with self._lock:
            self._runs.pop(id(run), None)
            if not self._runs:
                self._some.clear()

    def runs(self) -> list[Run]:
        """What runs at present."""
        with self._lock:
            return list(self._runs.values())

    def stop(self) -> None:
        """End the thread soon."""
        self._stop_asked = True
        self._some.set()

    def run(self) -> None:
        """Work until stopped; a database that does not answer is tried again."""
        try:
            while True:
                self._some.wait()
                if self._stop_asked:
                    return
                time.sleep(self._options.progress)
                try:
                    self._turn()
                except DatabaseError:
                    logger.warning("The keeper of jobs could not reach the database; it tries again.", exc_info=True)
                    connection.close()
        finally:
            connection.close()

    def _turn(self) -> None:
        now = time.monotonic()
        runs = [run for run in self.runs() if not run.lost and now - run.began >= self._options.progress]
        for run in runs:
            if now - run.renewed >= self._options.renew:
                run.lost = not renew(run.claimed, self._options.lease_time)
                run.renewed = now
            run.write()
        if listeners := [run for run in runs if now - run.looked >= LOOK]:
            refresh(listeners)
