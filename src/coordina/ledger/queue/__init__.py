"""Background work: jobs in the queue table, declared with Django's tasks, run under a lease.

Declare with `task`, enqueue inside the transaction that makes the work necessary, follow with `job_status`. What runs
outside this package knows a job by its id only.
"""

from coordina.ledger.queue import progress
from coordina.ledger.queue.backend import LeaseBackend
from coordina.ledger.queue.claim import LeaseLost
from coordina.ledger.queue.execute import GiveUp
from coordina.ledger.queue.progress import Cancelled, Stopping
from coordina.ledger.queue.schedules import plan, schedule, unplan
from coordina.ledger.queue.status import (
    JobStatus,
    backlog,
    cancel,
    dead_letters,
    is_idle,
    job_status,
    jobs_of,
    retry,
)
from coordina.ledger.queue.tasks import Kind, LeaseTask, task
from coordina.ledger.queue.worker import Worker, run_until_idle

__all__ = [
    "Cancelled",
    "GiveUp",
    "JobStatus",
    "Kind",
    "LeaseBackend",
    "LeaseLost",
    "LeaseTask",
    "Stopping",
    "Worker",
    "backlog",
    "cancel",
    "dead_letters",
    "is_idle",
    "job_status",
    "jobs_of",
    "plan",
    "progress",
    "retry",
    "run_until_idle",
    "schedule",
    "task",
    "unplan",
]
