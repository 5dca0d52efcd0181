"""The queue table's life: claim, renew, finish, fail, give back. Every end is fenced by worker and attempt.

Whoever claims, by a message of the broker or by a look at the table, claims here.
"""

import json
import re
import secrets
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from coordina.ledger.models.jobs import Job, JobState
from coordina.ledger.queue import broker
from coordina.ledger.queue.clock import clock, later
from coordina.ledger.queue.wakeup import announce

ERROR_LENGTH = 8000
BACKOFF_MOST = 3600.0


class LeaseLost(RuntimeError):
    """This run no longer owns its job: its lease ran out and another worker may have it. It must write nothing more."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job as one run owns it. `worker` and `attempt` are the fence."""

    pk: int
    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    worker: str
    attempt: int
    max_attempts: int
    order_key: str | None
    by_id: int | None
    language: str
    time_zone: str
    cancel_requested: bool
    queue: str = "default"

    def row(self) -> QuerySet[Job]:
        """The job, if this run still owns it."""
        return Job.objects.filter(pk=self.pk, worker=self.worker, attempts=self.attempt, state=JobState.RUNNING)


def relaxed() -> None:
    """Let the open transaction commit without waiting for the disk.

    For claims, leases and progress only: when power fails such a commit may be forgotten, and the job simply runs
    again. What a job itself commits later is on disk together with everything before it. SQLite workers set
    `synchronous=NORMAL` on the connection that claims instead.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def not_idle_for_ever(lease: timedelta) -> None:
    """Have PostgreSQL end this connection when a transaction of it says nothing for the time of a lease.

    A worker that is frozen in a transaction would else keep its locks, the job's row and whatever it wrote, from
    everybody for as long as it is frozen. With its connection its transaction is rolled back, and the job is free.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            milliseconds = str(int(lease.total_seconds() * 1000))
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [milliseconds])


_DUE = """
    j.state IN ('ready', 'running') AND j.run_at <= {now} AND j.attempts < j.max_attempts
    AND (j.state = 'ready' OR j.locked_until < {now}) AND {which}
    AND (j.order_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM ledger_job k WHERE k.order_key = j.order_key AND k.state IN ('ready', 'running')
        AND (k.id < j.id OR (k.state = 'running' AND k.id <> j.id))))
"""
_LOOK = "SELECT 1 FROM ledger_job j WHERE {due} LIMIT 1"
_CLAIM = """
    WITH head AS {materialized} (
        SELECT j.id FROM ledger_job j WHERE {due} ORDER BY j.priority DESC, j.run_at, j.id LIMIT {limit} {skip})
    UPDATE ledger_job SET state = 'running', worker = {worker}, attempts = attempts + 1, locked_until = {until},
        started_at = COALESCE(started_at, {now})
    WHERE id IN (SELECT id FROM head)
    RETURNING id, task, args, worker, attempts, max_attempts, order_key, by_id, language, time_zone, cancel_requested,
        queue, priority, run_at
"""
"""Spelled out because the ORM takes 3 ms to build them, at each look. In curly brackets: what `_sql` fills in."""

_writer = threading.RLock()


@contextmanager
def one_writer() -> Iterator[None]:
    """On SQLite let the threads of this process write in turn, instead of polling for the only write lock."""
    if connection.vendor == "sqlite":
        with _writer:
            yield
    else:
        yield


type Piece = tuple[str, list[Any]]
"""Part of a statement, with the parameters it brings."""


def _sql(template: str, which: Piece, lease: timedelta = timedelta(0), **values: Any) -> Piece:
    """Fill a template for this database."""
    pieces: dict[str, Piece] = {"which": which} | {name: ("%s", [value]) for name, value in values.items()}
    if connection.vendor == "postgresql":
        pieces["now"] = ("STATEMENT_TIMESTAMP()", [])
        pieces["until"] = ("STATEMENT_TIMESTAMP() + %s", [lease])
        pieces |= {"materialized": ("MATERIALIZED", []), "skip": ("FOR UPDATE OF j SKIP LOCKED", [])}
    else:
        now, stamp = timezone.now(), connection.ops.adapt_datetimefield_value
        pieces["now"], pieces["until"] = ("%s", [stamp(now)]), ("%s", [stamp(now + lease)])
        pieces |= {"materialized": ("", []), "skip": ("", [])}
    texts, parameters = [], []
    for number, part in enumerate(re.split(r"[{](\w+)[}]", template.replace("{due}", _DUE))):
        text, brings = pieces[part] if number % 2 else (part, [])
        texts.append(text)
        parameters += brings
    return "".join(texts), parameters


def _of(queues: Collection[str]) -> Piece:
    if not queues:
        return "TRUE", []
    places = ", ".join(["%s"] * len(queues))
    return f"j.queue IN ({places})", list(queues)


def waiting(queues: Collection[str] = ()) -> bool:
    """Whether a claim would find something. Takes no lock."""
    with connection.cursor() as cursor:
        cursor.execute(*_sql(_LOOK, _of(queues)))
        return cursor.fetchone() is not None


def claim(
    worker: str, *, limit: int, lease: timedelta, queues: Collection[str] = (), pks: Collection[int] = ()
) -> list[Claimed]:
    """Take up to `limit` due jobs for `worker`, each counted as an attempt and safe for the time of the lease.

    Due are jobs that wait or whose lease ran out; of each order key only the oldest, and only while no other of it
    runs. What has used up its attempts is left to `bury_killed`.

    Args:
        worker: Unique name of the worker process.
        limit: How many at most; take what can start at once.
        lease: How long the jobs are safe without renewal.
        queues: Names of queues; none means all.
        pks: Only these, where any are given: what messages of a broker name.

    Returns:
        The claimed jobs, best first. Empty also where another worker was quicker: ask again at the next sign.
    """
    which = _of(queues)
    if pks:
        which = (f"{which[0]} AND j.id IN ({', '.join(['%s'] * len(pks))})", [*which[1], *pks])
    try:
        with one_writer(), transaction.atomic():
            relaxed()
            with connection.cursor() as cursor:
                cursor.execute(*_sql(_CLAIM, which, lease, worker=worker, limit=limit))
                rows = cursor.fetchall()
    except IntegrityError:  # two workers took two jobs of one order key at the same instant: the first has it
        return []
    rows.sort(key=lambda row: (-row[12], row[13], row[0]))
    return [_claimed(row) for row in rows]


def _claimed(row: tuple[Any, ...]) -> Claimed:
    pk, task, args, worker, attempt, most, order_key, by_id, language, time_zone, cancel, queue = row[:12]
    positional, keyword = (json.loads(args) if isinstance(args, str) else args) or [[], {}]
    return Claimed(
        pk, task, positional, keyword, worker, attempt, most, order_key, by_id, language, time_zone, bool(cancel), queue
    )


def renew(claimed: Claimed, lease: timedelta) -> bool:
    """Extend the lease. False: the job is no longer this run's."""
    with transaction.atomic():
        relaxed()
        return claimed.row().update(locked_until=later(lease)) == 1


def finish(claimed: Claimed, result: Any, progress: dict[str, Any]) -> None:
    """Mark the job as done, in the open transaction.

    Args:
        claimed: The run.
        result: What the task returned, plain JSON.
        progress: Columns of the last progress, see `Run.columns`.

    Raises:
        LeaseLost: The run is late; a transaction around it rolls back with all the job wrote.
    """
    _end(claimed, state=JobState.DONE, result=result, error="", error_class="", **progress)


def cancelled(claimed: Claimed, progress: dict[str, Any]) -> None:
    """Mark the job as cancelled on somebody's wish. Raises LeaseLost."""
    _end(claimed, state=JobState.CANCELLED, **progress)


def dead(claimed: Claimed, *, error_class: str, error: str, raw: str = "") -> None:
    """Give the job up: it waits for a person.

    Args:
        claimed: The run.
        error_class: Dotted path of the exception, for operators.
        error: Traceback, for operators.
        raw: A sentence for the person, already in their language; empty: a general one.

    Raises:
        LeaseLost: The run is late.
    """
    note = "" if raw else gettext_noop("It failed. An administrator can see why and start it again.")
    _end(
        claimed,
        state=JobState.DEAD,
        error_class=error_class[:200],
        error=error[-ERROR_LENGTH:],
        note=note,
        note_params={},
        note_raw=raw[:500],
    )


def _end(claimed: Claimed, **values: Any) -> None:
    if not claimed.row().update(locked_until=None, finished_at=clock(), **values):
        raise LeaseLost(f"job {claimed.pk}, attempt {claimed.attempt}")
    announce_line(claimed.order_key)


def announce_line(order_key: str | None) -> None:
    """Tell workers that the next job of a key may begin, where there is one and the commit itself is no sign."""
    if order_key is None or (connection.vendor == "sqlite" and not broker.in_use()):
        return
    line = Job.objects.filter(order_key=order_key, state=JobState.READY)
    if (head := line.order_by("pk").values_list("pk", "queue").first()) is not None:
        announce(*head)


def delay(attempt: int, backoff: float) -> timedelta:
    """Time until the next attempt: `backoff` seconds doubled per attempt, at most an hour, times 0.5 to 1.5."""
    seconds = min(BACKOFF_MOST, backoff * 2.0 ** min(attempt - 1, 30))
    return timedelta(seconds=seconds * (0.5 + secrets.randbelow(1000) / 1000))


def again(claimed: Claimed, *, error_class: str, error: str, wait: timedelta) -> bool:
    """Put a failed job back with a pause. False: the run was late and the job is somebody else's."""
    return bool(
        claimed.row().update(
            state=JobState.READY,
            locked_until=None,
            run_at=later(wait),
            error_class=error_class[:200],
            error=error[-ERROR_LENGTH:],
        )
    )


def give_back(claims: Sequence[Claimed]) -> int:
    """Return jobs unfinished, as if this attempt had not been: the worker stops. Gives how many were still ours."""
    count = 0
    for claimed in claims:
        if claimed.row().update(state=JobState.READY, locked_until=None, attempts=F("attempts") - 1, worker=""):
            announce(claimed.pk, claimed.queue)
            count += 1
    return count


def bury_killed() -> int:
    """Mark as dead what has killed its worker at every attempt: the lease is over and no attempt is left.

    A row that a frozen worker still locks is left for later: see `not_idle_for_ever`.
    """
    killed = Job.objects.filter(state=JobState.RUNNING, locked_until__lt=clock(), attempts__gte=F("max_attempts"))
    if not killed.exists():  # the look first: it takes no write lock
        return 0
    with transaction.atomic():
        free = killed.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        return Job.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(
            state=JobState.DEAD,
            locked_until=None,
            finished_at=clock(),
            error_class="coordina.ledger.queue.Killed",
            error="The worker ended without a word during the last attempt.",
            note=gettext_noop("It failed. An administrator can see why and start it again."),
            note_params={},
            note_raw="",
        )
