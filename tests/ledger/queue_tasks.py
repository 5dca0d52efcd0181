"""Tasks that the tests of the queue enqueue; worker processes import them too."""

import os
import time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.tasks import task as plain_task
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop

from coordina.core.refusals import Conflict, Forbidden
from coordina.ledger.models.jobs import Event
from coordina.ledger.queue import GiveUp, Kind, progress, task


def effect(name: str, subject: str = "") -> None:
    """Leave a row in a machine table, as what a job has done."""
    Event.objects.create(name=name, subject=subject, payload={}, at=timezone.now())


@task
def note(name: str, subject: str = "") -> str:
    effect(name, subject)
    return name


@plain_task
def declared_with_django(n: int) -> int:
    return n + 1


@plain_task(takes_context=True)
def with_context(context: Any, n: int) -> list[int]:
    return [context.attempt, n]


@task(max_attempts=3, backoff=0)
def broken(name: str) -> None:
    effect(name)
    raise ValueError("always")


@task(max_attempts=3, backoff=0)
def broken_once(name: str, flag: str) -> None:
    effect(name)
    if not Path(flag).exists():
        Path(flag).touch()
        raise ValueError("once")


@task
def hopeless() -> None:
    raise GiveUp("Nothing can mend it.")


@task
def forbidden() -> None:
    raise Forbidden


@task(backoff=0)
def conflict() -> None:
    raise Conflict


@task
def not_json() -> Any:
    return object()


@task
def language() -> list[str]:
    return [get_language() or "", timezone.get_current_timezone_name()]


@task(kind=Kind.LONG, label="Counting", max_attempts=3, backoff=0)
def count(total: int, pause: float = 0.0) -> int:
    for n in range(total):
        progress.check()
        with transaction.atomic():
            progress.fence()
            effect("chunk", str(n))
        progress.report(n + 1, total, gettext_noop("Row %(row)s"), row=n + 1)
        time.sleep(pause)
    return total


@task(kind=Kind.LONG, max_attempts=4, backoff=0)
def resumable(total: int, pause: float) -> int:
    """Skip what is there, as change-set keys do."""
    effect("started", str(os.getpid()))
    for n in range(total):
        progress.check()
        with transaction.atomic():
            progress.fence()
            if not Event.objects.filter(name="piece", subject=str(n)).exists():
                effect("piece", str(n))
        time.sleep(pause)
    return total


@task(kind=Kind.LONG, max_attempts=2, backoff=0)
def deadly() -> None:
    effect("deadly")
    os._exit(9)


@task(kind=Kind.LONG, backoff=0)
def deaf(seconds: float) -> None:
    """Never asks whether it should stop."""
    effect("deaf")
    time.sleep(seconds)


@task
def slow_in_database(name: str, seconds: float) -> None:
    effect(name)
    time.sleep(seconds)


@task(kind=Kind.LONG, max_attempts=4, backoff=0)
def long_transaction(name: str, seconds: float) -> None:
    """Holds its job's row for a while, as a chunk of work does."""
    with transaction.atomic():
        progress.fence()
        effect(name)
        time.sleep(seconds)
