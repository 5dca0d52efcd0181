"""Django's task backend over the queue table: enqueuing is an INSERT in the caller's transaction."""

from __future__ import annotations  # Django's task types are generic in their stubs only

from typing import Any

from django.db import IntegrityError, transaction
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django.utils.json import normalize_json
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from coordina.ledger.models.jobs import Job, JobState
from coordina.ledger.queue.clock import clock
from coordina.ledger.queue.tasks import LeaseTask
from coordina.ledger.queue.wakeup import announce

STATUS = {
    JobState.READY: TaskResultStatus.READY,
    JobState.RUNNING: TaskResultStatus.RUNNING,
    JobState.DONE: TaskResultStatus.SUCCESSFUL,
    JobState.DEAD: TaskResultStatus.FAILED,
    JobState.CANCELLED: TaskResultStatus.FAILED,
}


class LeaseBackend(BaseTaskBackend):
    """Jobs in the database of the business: written with the row that asks for them, or not at all."""

    task_class = LeaseTask
    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def enqueue[**P, R](self, task: Task[P, R], args: Any, kwargs: dict[str, Any]) -> TaskResult[P, R]:
        """Store a job in the open transaction; a rollback leaves none.

        Args:
            task: A task of this backend.
            args: Positional arguments, plain JSON.
            kwargs: Keyword arguments, plain JSON.

        Returns:
            The new job, or the one that already carries the task's `key`.

        Raises:
            TypeError: When an argument is not JSON.
        """
        self.validate_task(task)
        if not isinstance(task, LeaseTask):
            raise TypeError(f"{task.module_path} was declared for another backend")
        job, created = _store(task, [normalize_json(list(args)), normalize_json(kwargs)])
        result: TaskResult[P, R] = result_of(job, task, self.alias)
        if created:
            if task.run_after is None:
                announce(job.pk, job.queue)
            task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[..., Any]:
        """Give the state of a job by its id. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(pk=int(result_id)).first() if result_id.isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return result_of(job, import_string(job.task), self.alias)


def _store(task: LeaseTask[..., Any], args: list[Any]) -> tuple[Job, bool]:
    if task.key is not None and (known := Job.objects.filter(key=task.key).first()):
        return known, False
    now = clock()
    job = Job(
        task=task.module_path,
        queue=task.queue_name,
        args=args,
        key=task.key,
        order_key=task.order_key,
        priority=task.priority,
        run_at=task.run_after or now,
        created_at=now,
        max_attempts=task.max_attempts,
        by_id=task.by,
        language=get_language() or "",
        time_zone=timezone.get_current_timezone_name(),
    )
    if task.key is None:
        job.save(force_insert=True)
        return job, True
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:  # another process stored the same key meanwhile
        return Job.objects.get(key=task.key), False
    return job, True


def result_of[**P, R](job: Job, task: Task[P, R], alias: str) -> TaskResult[P, R]:
    """Present a job the way Django presents task results."""
    args, kwargs = job.args or [[], {}]
    result: TaskResult[P, R] = TaskResult(
        task=task,
        id=str(job.pk),
        status=STATUS[JobState(job.state)],
        enqueued_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=args,
        kwargs=kwargs,
        backend=alias,
        errors=[TaskError(exception_class_path=job.error_class, traceback=job.error)] if job.error_class else [],
        worker_ids=[job.worker] * job.attempts,
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
