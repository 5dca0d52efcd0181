"""What a person sees of their jobs, and what they can do about them: follow, cancel, start again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.refusals import Conflict
from coordina.ledger.models.jobs import LIVE, Job, JobState
from coordina.ledger.queue.claim import announce_line
from coordina.ledger.queue.clock import clock
from coordina.ledger.queue.tasks import LeaseTask
from coordina.ledger.queue.wakeup import announce

VIEW, CHANGE = "ledger.view_job", "ledger.change_job"
ROW_PATIENCE = 3
"""Seconds that a wish to cancel waits for a row that is locked."""
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that was not given in time."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as a page shows it, in the reader's language.

    Attributes:
        label: What kind of work it is.
        state_label: The state in words.
        percent: 0 to 100; None while the total is unknown. A job that is done has 100.
        message: The latest word of the job about its progress, or why it failed. May be empty.
        result: What the task returned.
        over: Nothing will change any more by itself: a page stops asking.
        etag: Changes with anything that is shown: good for a 304.
    """

    pk: int
    label: str
    state: JobState
    state_label: str
    done: int
    total: int | None
    percent: int | None
    message: str
    result: Any
    over: bool
    can_cancel: bool
    cancel_requested: bool
    can_retry: bool
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    etag: str


def visible(user: Actor, permission: str = VIEW) -> QuerySet[Job]:
    """Jobs that `user` started; all of them with the permission."""
    return Job.objects.all() if user.may(permission) else Job.objects.filter(by_id=user.pk)


def job_status(pk: int, user: Actor) -> JobStatus | None:
    """Give the state of a job. None: there is none, or it is somebody else's; both look alike."""
    job = visible(user).filter(pk=pk).first()
    return _status(job) if job else None


def jobs_of(user: Actor, limit: int = 50) -> list[JobStatus]:
    """Give the latest jobs that `user` started, newest first."""
    return [_status(job) for job in Job.objects.filter(by_id=user.pk).order_by("-pk")[:limit]]


def dead_letters(user: Actor, limit: int = 50) -> list[JobStatus]:
    """Give the jobs that failed for good and that `user` may see, newest first."""
    jobs = visible(user).filter(state=JobState.DEAD).order_by("-finished_at", "-pk")
    return [_status(job) for job in jobs[:limit]]


def cancel(pk: int, user: Actor) -> bool:
    """Cancel a job: a waiting one at once, a running one at its next `progress.check`.

    Returns:
        Whether there was something to cancel.

    Raises:
        Conflict: The job's row is locked for seconds: its worker hangs.
    """
    mine = visible(user, CHANGE).filter(pk=pk)
    with transaction.atomic(), _or_conflict():
        if mine.filter(state=JobState.READY).update(
            state=JobState.CANCELLED, cancel_requested=True, finished_at=clock(), note="", note_params={}, note_raw=""
        ):
            announce_line(mine.values_list("order_key", flat=True).get())
            return True
        return bool(mine.filter(state=JobState.RUNNING).update(cancel_requested=True))


@contextmanager
def _or_conflict() -> Iterator[None]:
    """Wait some seconds for a row, no longer: a worker that is frozen in a transaction would hold up the page too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{ROW_PATIENCE}s"])
    try:
        yield
    except OperationalError as fault:
        if getattr(fault.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Conflict(_("The job does not let itself be stopped just now. Try again in a minute.")) from None


def retry(pk: int, user: Actor) -> bool:
    """Put a dead or cancelled job back in the queue with all its attempts. Gives whether it was one."""
    done = (
        visible(user, CHANGE)
        .filter(Q(state=JobState.DEAD) | Q(state=JobState.CANCELLED), pk=pk)
        .update(
            state=JobState.READY,
            run_at=clock(),
            finished_at=None,
            attempts=0,
            cancel_requested=False,
            done=0,
            total=None,
            note="",
            note_params={},
            note_raw="",
            error="",
            error_class="",
        )
    )
    if done:
        announce(pk, Job.objects.values_list("queue", flat=True).get(pk=pk))
    return bool(done)


def is_idle() -> bool:
    """Whether nothing is running and nothing that waits is due."""
    live = Job.objects.filter(state__in=LIVE, run_at__lte=clock(), attempts__lt=F("max_attempts"))
    return not live.exists() and not Job.objects.filter(state=JobState.RUNNING).exists()


def backlog() -> dict[str, int]:
    """Count jobs by state, for the health page: ready, running and dead."""
    return {state.value: Job.objects.filter(state=state).count() for state in (*LIVE, JobState.DEAD)}


def _status(job: Job) -> JobStatus:
    state = JobState(job.state)
    live = state in LIVE
    total = job.total
    percent = 100 if state is JobState.DONE else min(100, job.done * 100 // total) if total else None
    message = _message(job)
    return JobStatus(
        pk=job.pk,
        label=_label(job.task),
        state=state,
        state_label=str(state.label),
        done=job.done,
        total=total,
        percent=percent,
        message=message,
        result=job.result,
        over=not live,
        can_cancel=live and not job.cancel_requested,
        cancel_requested=job.cancel_requested,
        can_retry=state in {JobState.DEAD, JobState.CANCELLED},
        attempts=job.attempts,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        etag=f"{job.pk}-{state}-{job.attempts}-{job.done}-{total}-{int(job.cancel_requested)}-{crc32(message.encode()):x}",
    )


def _message(job: Job) -> str:
    if job.note_raw:
        return job.note_raw
    if not job.note:
        return gettext("Cancelling…") if job.cancel_requested and job.state in LIVE else ""
    try:
        return str(gettext(job.note) % job.note_params)
    except (KeyError, TypeError, ValueError):
        return gettext(job.note)


def _label(path: str) -> str:
    try:
        found = import_string(path)
    except ImportError:
        return gettext("Background work")
    return str(found.label) if isinstance(found, LeaseTask) and found.label else gettext("Background work")
