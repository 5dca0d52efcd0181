"""What can be set about the queue: `TASKS["default"]["OPTIONS"]` of the settings."""

from dataclasses import dataclass
from datetime import timedelta

from django.tasks import task_backends


@dataclass(frozen=True, slots=True)
class Options:
    """Times of the queue, in seconds, unless said otherwise.

    Attributes:
        lease: How long a claimed job is safe without a sign of life of its worker.
        renew: How often a worker renews the leases of its running jobs; a third of the lease
            leaves room for two misses.
        progress: Least time between two writes of one job's progress.
        drain: How long a stopping worker waits for its running jobs before it gives them back.
        fallback: Longest wait for a sign that there is work; then the table is looked at anyway.
        keep_done: Days that finished and cancelled jobs are kept.
        keep_dead: Days that dead jobs and delivered events are kept.
    """

    lease: float = 60
    renew: float = 20
    progress: float = 0.3
    drain: float = 30
    fallback: float = 1
    keep_done: int = 7
    keep_dead: int = 90

    @property
    def lease_time(self) -> timedelta:
        """The lease as a time span."""
        return timedelta(seconds=self.lease)


def options(alias: str = "default") -> Options:
    """Read the options of a task backend; unknown names raise TypeError."""
    return Options(**task_backends[alias].options)
