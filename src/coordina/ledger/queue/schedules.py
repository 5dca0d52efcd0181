"""Work that comes back by itself: declared in code or planned by people, ticked once however many workers there are."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.json import normalize_json
from django.utils.module_loading import import_string

from coordina.core.registry import Registry
from coordina.ledger.models.jobs import Schedule
from coordina.ledger.queue.cron import BadSpec, next_after, parse
from coordina.ledger.queue.tasks import LeaseTask

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Declared:
    """A schedule as code declares it."""

    task: LeaseTask[..., Any]
    spec: str
    args: tuple[Any, ...]


SCHEDULES: Registry[str, Declared] = Registry("schedules")


def schedule(name: str, task: LeaseTask[..., Any], spec: str, *args: Any) -> None:
    """Declare work that comes back; call it at module level beside the task.

    Args:
        name: Unique, with the room in front: `ledger.prune`.
        task: The task to enqueue.
        spec: `every 15m`, or five cron fields in the time zone of the settings.
        *args: Plain JSON for the task.

    Raises:
        BadSpec: When `spec` cannot be read.
    """
    parse(spec)
    SCHEDULES.add(name, Declared(task, spec, args))


def plan(
    name: str, task: LeaseTask[..., Any], spec: str, args: Iterable[Any] = (), *, by: int | None, time_zone: str
) -> Schedule:
    """Store or change a schedule of a person, such as a report by mail each Monday.

    Args:
        name: Unique; a second plan of the same name replaces the first.
        task: The task to enqueue.
        spec: See `schedule`.
        args: Plain JSON for the task.
        by: The person it runs for.
        time_zone: Name of the zone in which cron fields are read.

    Raises:
        BadSpec: When `spec` cannot be read or never comes.
    """
    now = timezone.now()
    values = {
        "task": task.module_path,
        "args": normalize_json(list(args)),
        "spec": spec,
        "time_zone": time_zone,
        "next_run": next_after(spec, now, now, _zone(time_zone)),
        "active": True,
        "by_id": by,
    }
    return Schedule.objects.update_or_create(name=name, defaults=values)[0]


def unplan(name: str) -> None:
    """Forget the schedule of a person. Jobs it has enqueued stay."""
    Schedule.objects.filter(name=name, declared=False).delete()


def sync() -> None:
    """Bring the rows of declared schedules in line with the code. Called at the start of each worker; safe anywhere."""
    now = timezone.now()
    known = {row.name: row for row in Schedule.objects.filter(declared=True)}
    for name, declared in SCHEDULES.items():
        wanted = (declared.task.module_path, declared.spec, list(declared.args), settings.TIME_ZONE, True)
        row = known.pop(name, None)
        if row and (row.task, row.spec, row.args, row.time_zone, row.active) == wanted:
            continue
        task, spec, args, zone, _active = wanted
        values = {"task": task, "spec": spec, "args": args, "time_zone": zone, "active": True, "declared": True}
        Schedule.objects.update_or_create(
            name=name, defaults=values | {"next_run": next_after(spec, now, now, _zone(zone))}
        )
    Schedule.objects.filter(pk__in=[row.pk for row in known.values() if row.active]).update(active=False)


def tick(now: datetime | None = None) -> int:
    """Enqueue what is due. Any number of workers may call it: each tick becomes one job.

    The row is locked, the next time moves on in the same transaction, and the job's unique key names the tick. Ticks
    missed while nothing ran become one job.

    Args:
        now: The present; given by tests.

    Returns:
        How many jobs were enqueued.
    """
    now = now or timezone.now()
    if not Schedule.objects.filter(active=True, next_run__lte=now).exists():
        return 0
    count = 0
    with transaction.atomic():
        rows = Schedule.objects.filter(active=True, next_run__lte=now).order_by("pk")
        for row in rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked):
            count += _tick_one(row, now)
    return count


def _tick_one(row: Schedule, now: datetime) -> int:
    due = row.next_run
    try:
        task = import_string(row.task)
        row.next_run = next_after(row.spec, due, now, _zone(row.time_zone))
    except (ImportError, BadSpec):
        logger.exception("Schedule %s is switched off: its task or its time cannot be read.", row.name)
        Schedule.objects.filter(pk=row.pk).update(active=False)
        return 0
    row.last_run = now
    row.save(update_fields=["next_run", "last_run"])
    task.using(key=f"schedule:{row.pk}:{due.isoformat()}", by=row.by_id).enqueue(*row.args)
    return 1


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
