"""What a running job says and hears: progress, cancellation, the loss of its lease. Outside a job all of it is silent.

```python
for n, chunk in enumerate(chunks):
    progress.check()                       # cancelled? stopping? then this ends here, between two chunks
    import_chunk(chunk)
    progress.report(n * 1000, total, gettext_noop("Importing %(what)s"), what=name)
```
Nothing here touches the database from the job's own thread in a worker: the keeper writes the latest state at most
every 0.3 s on its own connection, so a job may report as often as it likes, also inside a transaction.
"""

import time
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from coordina.ledger.models.jobs import Job
from coordina.ledger.queue.claim import Claimed, LeaseLost, relaxed

TURN, PAUSE = 0.1, 0.02
"""Seconds that a job may work at a stretch, and for which it then leaves SQLite's one write lock alone.

Who waits for the lock looks for it every tenth of a second: a job that took it again at once would keep all others out.
"""


class Cancelled(Exception):
    """Somebody cancelled the job. Let it pass: the queue ends the job."""


class Stopping(Exception):
    """The worker stops. Let it pass: the job goes back to the queue and runs again elsewhere."""


class Run:
    """One run of one job in this process.

    Args:
        claimed: The job and its fence.
        kept: Whether a keeper thread writes and reads for it; else the job's own thread does, now and then.
        every: Least seconds between two writes.
    """

    def __init__(self, claimed: Claimed, *, kept: bool, every: float) -> None:
        self.claimed = claimed
        self.kept = kept
        self.every = every
        self.began = self.renewed = self.looked = self.paused = time.monotonic()
        self.cancel = claimed.cancel_requested
        self.stopping = False
        self.lost = False
        self._columns: dict[str, Any] = {}
        self._unwritten = False

    def tell(self, columns: dict[str, Any]) -> None:
        """Take the latest progress."""
        self._columns, self._unwritten = columns, True
        if not self.kept:
            self._now_and_then()

    def columns(self) -> dict[str, Any]:
        """The progress that is not written yet; to be written with the end of the job."""
        return dict(self._columns) if self._unwritten else {}

    def write(self) -> None:
        """Write the latest progress, if there is news."""
        if not self._unwritten:
            return
        columns, self._unwritten = self._columns, False
        with transaction.atomic():
            relaxed()
            self.lost = not self.claimed.row().update(**columns) or self.lost

    def look(self) -> None:
        """Learn whether somebody cancelled the job or another worker has it."""
        self.hear(self.claimed.row().values_list("cancel_requested", flat=True).first())

    def hear(self, cancel: bool | None) -> None:
        """Take what the row says: the wish to cancel, None where it is no longer this run's."""
        self.looked = time.monotonic()
        if cancel is None:
            self.lost = True
        elif cancel:
            self.cancel = True

    def check(self) -> None:
        """Raise Cancelled, Stopping or LeaseLost where the job should end here."""
        if not self.kept:
            self._now_and_then()
        if self.lost:
            raise LeaseLost(f"job {self.claimed.pk}, attempt {self.claimed.attempt}")
        if self.cancel:
            raise Cancelled
        if self.stopping:
            raise Stopping
        if self.kept:
            self._let_others_write()

    def _let_others_write(self) -> None:
        if connection.vendor != "sqlite" or connection.in_atomic_block or time.monotonic() - self.paused < TURN:
            return
        time.sleep(PAUSE)
        self.paused = time.monotonic()

    def _now_and_then(self) -> None:
        if time.monotonic() - self.looked < self.every:
            return
        self.look()
        self.write()


_run: ContextVar[Run | None] = ContextVar("job_run", default=None)


def enter(run: Run) -> None:
    """Make `run` the one that the functions of this module speak for, in this context."""
    _run.set(run)


def job_id() -> int | None:
    """Id of the running job, the same at every attempt: good for change-set keys. None outside a job."""
    run = _run.get()
    return run.claimed.pk if run else None


def report(done: int, total: int | None = None, note: str = "", **params: str | int) -> None:
    """Say how far the job is. Cheap: call it as often as you like.

    Args:
        done: Units done, such as rows.
        total: Units in all; None while unknown.
        note: Message id marked with `gettext_noop`, with named placeholders; translated where it is shown.
        **params: Values of the placeholders.
    """
    if run := _run.get():
        run.tell({"done": done, "total": total, "note": note, "note_params": params, "note_raw": ""})


def check() -> None:
    """End the job here if it is cancelled, the worker stops or the lease is lost. Call it between two chunks.

    Raises:
        Cancelled: A person cancelled it.
        Stopping: The worker stops; the job will run again.
        LeaseLost: Another worker has it.
    """
    if run := _run.get():
        run.check()


def fence() -> None:
    """In a transaction of a long job: make sure that it commits only while the job is still this run's.

    Locks the job's row until the transaction ends, so keep that short.

    Raises:
        LeaseLost: Another worker has the job; let the transaction roll back.
    """
    run = _run.get()
    if run is not None and not run.claimed.row().select_for_update().values_list("pk", flat=True):
        run.lost = True
        raise LeaseLost(f"job {run.claimed.pk}, attempt {run.claimed.attempt}")


def refresh(runs: list[Run]) -> None:
    """Let several runs hear what their rows say, with one query. Raises DatabaseError."""
    fields = ("pk", "worker", "attempts", "state", "cancel_requested")
    rows = {row[0]: row for row in Job.objects.filter(pk__in=[r.claimed.pk for r in runs]).values_list(*fields)}
    for run in runs:
        row = rows.get(run.claimed.pk)
        ours = row is not None and row[1:4] == (run.claimed.worker, run.claimed.attempt, "running")
        run.hear(row[4] if row is not None and ours else None)


__all__ = ["Cancelled", "LeaseLost", "Run", "Stopping", "check", "fence", "job_id", "report"]
