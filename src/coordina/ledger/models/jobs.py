"""Machine tables of background work: jobs, schedules and the outbox of events. No Records: nobody edits or undoes them.

The rows are the only truth about work to be done. Whatever carries a job to a worker (a thread, a process, a
broker) carries its id alone, so a lost, late or doubled message changes nothing.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import UNDER_WAY, Carried


class JobState(models.TextChoices):
    """Where a job stands. Ready and running are *live*; dead ones wait for a person; the others are over."""

    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (JobState.READY, JobState.RUNNING)
OVER = (JobState.DONE, JobState.DEAD, JobState.CANCELLED)


class Job(models.Model):
    """One piece of work: a task by its path, its arguments, and all that is known about its run.

    Attributes:
        task: Dotted path of the task.
        args: `[positional, keyword]`, plain JSON: ids, never objects.
        key: Unique for as long as the row is kept: enqueuing the same key twice gives the first job.
        order_key: Jobs of one key run one after the other, by id; null runs whenever there is room.
        priority: From -100 to 100, higher first.
        worker, attempts: Together the fence: only the run that holds both may finish the job.
        locked_until: End of the lease of a running job; after it another worker takes the job over.
        note, note_params: Message id and parameters of the progress or of the failure, translated where it is shown.
        note_raw: A message that came already in the language of `language`; wins over `note`.
        by_id: The person who started it and may see, cancel and retry it; null for the system.
        language, time_zone: What was active when it was enqueued; active again while it runs.
    """

    carried: ClassVar[Carried] = UNDER_WAY

    task = models.CharField(max_length=200)
    queue = models.CharField(max_length=20, default="default")
    args = models.JSONField(default=list)
    key = models.CharField(max_length=250, null=True, unique=True)
    order_key = models.CharField(max_length=250, null=True)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.READY)
    run_at = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    cancel_requested = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, default="")
    note_params = models.JSONField(default=dict)
    note_raw = models.CharField(max_length=500, default="")
    result = models.JSONField(null=True)
    error_class = models.CharField(max_length=200, default="")
    error = models.TextField(default="")
    by_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, default="")
    time_zone = models.CharField(max_length=60, default="")

    class Meta:
        indexes = [
            models.Index(fields=["-priority", "run_at", "id"], name="job_due", condition=Q(state__in=LIVE)),
            models.Index(
                fields=["order_key", "id"], name="job_line", condition=Q(state__in=LIVE, order_key__isnull=False)
            ),
            models.Index(fields=["locked_until"], name="job_lease", condition=Q(state=JobState.RUNNING)),
            models.Index(fields=["by_id", "-id"], name="job_of_person", condition=Q(by_id__isnull=False)),
            models.Index(fields=["state", "finished_at"], name="job_over", condition=Q(state__in=OVER)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_key"], name="job_one_of_key_runs", condition=Q(state=JobState.RUNNING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk} ({self.state})"


class Schedule(models.Model):
    """Work that comes back: a task, when, and the next tick.

    Attributes:
        name: Unique; those that code declares carry the name of their room, such as `ledger.prune`.
        spec: `every 15m` (s, m, h, d) or five cron fields, read in `time_zone`.
        declared: Whether code declares it: such rows follow the code at each start of a worker.
    """

    carried: ClassVar[Carried] = Carried(but={"declared": True}, why="the program declares them")

    name = models.CharField(max_length=120, unique=True)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    spec = models.CharField(max_length=60)
    time_zone = models.CharField(max_length=60, default="UTC")
    next_run = models.DateTimeField()
    last_run = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    declared = models.BooleanField(default=False)
    by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_run"], name="schedule_due", condition=Q(active=True))]

    def __str__(self) -> str:
        return f"{self.name} ({self.spec})"


class Event(models.Model):
    """Something that happened, stored in the transaction in which it happened; deliveries are jobs.

    Attributes:
        name: Name of the event type, such as `pipeline.opportunity_won`.
        subject: `pipeline.opportunity:7`; without the id where one event speaks of many records.
        payload: The event's own fields as JSON.
        change_set_id: The change set that caused it; null for what happened outside one.
    """

    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    payload = models.JSONField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    change_set_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["change_set_id"], name="event_of_change", condition=Q(change_set_id__isnull=False)),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Pulse(models.Model):
    """The sign of life of one worker process; gone when the worker ends in order, dropped a day after it was killed.

    Attributes:
        name: Host, process and a random part: no two workers share one.
        threads: How many jobs it runs at once.
        broker_away_since: Since when it does not reach the broker; null where it does, or where there is none.
    """

    carried: ClassVar[Carried] = UNDER_WAY

    name = models.CharField(max_length=80, primary_key=True)
    threads = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    broker_away_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
