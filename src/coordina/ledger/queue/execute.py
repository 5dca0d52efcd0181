"""One run of one job: in its own context, language and time zone, to whichever end."""

from __future__ import annotations  # Django's task types are generic in their stubs only

import contextvars
import logging
from traceback import format_exception
from typing import Any

from django.conf import settings
from django.db import transaction
from django.tasks.base import TaskContext
from django.tasks.signals import task_finished, task_started
from django.utils import timezone, translation
from django.utils.json import normalize_json
from django.utils.module_loading import import_string

from coordina.accounts import definitions
from coordina.core import tracing
from coordina.core.refusals import Conflict, Refusal, Text
from coordina.ledger.models.jobs import Job
from coordina.ledger.queue import claim, progress
from coordina.ledger.queue.backend import LeaseBackend, result_of
from coordina.ledger.queue.options import options
from coordina.ledger.queue.tasks import Kind, LeaseTask

logger = logging.getLogger(__name__)


class GiveUp(Exception):
    """Raised by a task whose failure another attempt cannot mend: the job is dead at once.

    Args:
        message: A sentence for the person who started it, translated as everywhere.
    """

    def __init__(self, message: Text = "") -> None:
        super().__init__(message)
        self.message = message


def execute(run: progress.Run) -> None:
    """Run a claimed job and settle it. Never raises because of the job; database failures pass.

    A job whose lease is lost meanwhile writes nothing more and is left to its new owner.
    """
    contextvars.Context().run(_in_context, run)


def _in_context(run: progress.Run) -> None:
    job = run.claimed
    progress.enter(run)
    with translation.override(job.language or settings.LANGUAGE_CODE), timezone.override(job.time_zone or None):
        try:
            with tracing.span(f"job {job.task}", "consumer", job_id=job.pk, job_task=job.task, job_attempt=job.attempt):
                if run.kept:
                    claim.not_idle_for_ever(options().lease_time)
                task = _load(job.task)
                definitions.agree()
                _call(task, run)
        except progress.Cancelled:
            _quietly(job, lambda: claim.cancelled(job, run.columns()))
        except progress.Stopping:
            claim.give_back([job])
        except claim.LeaseLost:
            logger.warning("Job %s (%s): the lease was lost; another worker has it.", job.pk, job.task)
        except (Exception, SystemExit) as fault:
            _failed(job, fault)


def _load(path: str) -> LeaseTask[..., Any]:
    found = import_string(path)
    if not isinstance(found, LeaseTask):
        raise ImportError(f"{path} is no task of the queue")
    return found


def _call(task: LeaseTask[..., Any], run: progress.Run) -> None:
    job = run.claimed
    run.check()
    args = [_context(task, job), *job.args] if task.takes_context else job.args
    _signal(task_started, task, job)
    if task.kind is Kind.DATABASE:
        with claim.one_writer(), transaction.atomic():
            claim.finish(job, normalize_json(task.call(*args, **job.kwargs)), run.columns())
    else:
        result = normalize_json(task.call(*args, **job.kwargs))
        claim.finish(job, result, run.columns())
    _signal(task_finished, task, job)


def _context(task: LeaseTask[..., Any], job: claim.Claimed) -> TaskContext[..., Any]:
    return TaskContext(task_result=result_of(Job.objects.get(pk=job.pk), task, task.backend))


def _signal(signal: Any, task: LeaseTask[..., Any], job: claim.Claimed) -> None:
    """Send Django's signal, which costs a query, only where somebody listens besides Django's own log."""
    if len(signal.receivers) > 1:
        signal.send(LeaseBackend, task_result=result_of(Job.objects.get(pk=job.pk), task, task.backend))


def _failed(job: claim.Claimed, fault: BaseException) -> None:
    kind = type(fault)
    name = f"{kind.__module__}.{kind.__qualname__}"
    error = "".join(format_exception(fault))
    final = isinstance(fault, GiveUp) or (isinstance(fault, Refusal) and not isinstance(fault, Conflict))
    told = str(fault.message) if isinstance(fault, GiveUp | Refusal) else ""
    if final or job.attempt >= job.max_attempts:
        logger.error("Job %s (%s) is dead after attempt %s: %s", job.pk, job.task, job.attempt, name, exc_info=fault)
        _quietly(job, lambda: claim.dead(job, error_class=name, error=error, raw=told))
    else:
        logger.warning("Job %s (%s), attempt %s: %s", job.pk, job.task, job.attempt, name, exc_info=fault)
        claim.again(job, error_class=name, error=error, wait=claim.delay(job.attempt, _backoff(job.task)))


def _backoff(path: str) -> float:
    try:
        return _load(path).backoff
    except ImportError:
        return 60.0  # the code of the task is missing: perhaps an old worker during an update


def _quietly(job: claim.Claimed, end: Any) -> None:
    try:
        end()
    except claim.LeaseLost:
        logger.warning("Job %s (%s): the lease was lost before its end.", job.pk, job.task)
