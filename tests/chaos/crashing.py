"""Named crash points: places of the product at which a process can be told to die as if the power went.

A point is armed by a file in the data folder. Whoever reaches it first takes the file away and kills itself.
"""

import functools
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig

ARMED, REACHED = "crash-at.json", "crashed-at.json"
COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper._commit"
IMPORT, BULK, UNDO = "coordina.records.importing.running", "coordina.records.bulk.running", "coordina.ledger.undo"
QUEUE, LEADS, MERGING = "coordina.ledger.queue", "coordina.leads.conversion", "coordina.records.duplicates.merging"
API, HOOKS = "coordina.api", "coordina.hooks"
SMALL = {
    f"{IMPORT}:CHUNK": 100,
    f"{UNDO}:AT_ONCE": 100,
    "coordina.records.bulk.order:AT_ONCE": 100,
    f"{HOOKS}.sending:CLAIM": timedelta(seconds=12),
}
"""Chunks of a hundred rows: more boundaries to die at. And nobody waits long for a delivery that was under way."""
OFTEN = ("hooks.send", "hooks.gather")
"""Schedules that look for what a killed process left: every five seconds instead of every minute."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place to die.

    Attributes:
        process: `web` or `worker`.
        at: Function, as `module:name`.
        after: Whether the function has been done by then.
    """

    process: str
    at: str
    after: bool = False


POINTS = {
    "web.committing": Point("web", COMMIT),
    "web.committed": Point("web", COMMIT, after=True),
    "worker.committing": Point("worker", COMMIT),
    "worker.committed": Point("worker", COMMIT, after=True),
    "job.begun": Point("worker", f"{QUEUE}.execute:_call"),
    "job.finishing": Point("worker", f"{QUEUE}.claim:finish"),
    "job.finished": Point("worker", f"{QUEUE}.claim:finish", after=True),
    "import.chunk": Point("worker", f"{IMPORT}:_transaction"),
    "import.rows_written": Point("worker", f"{IMPORT}:write", after=True),
    "import.chunk_written": Point("worker", f"{IMPORT}:_transaction", after=True),
    "bulk.chunk": Point("worker", f"{BULK}:_transaction"),
    "bulk.rows_written": Point("worker", f"{BULK}:written", after=True),
    "bulk.chunk_written": Point("worker", f"{BULK}:_transaction", after=True),
    "bulk.finishing": Point("worker", f"{BULK}:finish"),
    "undo.rows_back": Point("worker", f"{UNDO}:_undo_run", after=True),
    "undo.finishing": Point("worker", f"{UNDO}:_finish"),
    "convert.one_written": Point("web", f"{LEADS}:_write", after=True),
    "convert.tied": Point("web", f"{LEADS}:_tie", after=True),
    "merge.folded": Point("web", f"{MERGING}:fold", after=True),
    "rest.writing": Point("web", f"{API}.writing:submit"),
    "rest.written": Point("web", f"{API}.writing:submit", after=True),
    "rest.many_written": Point("web", f"{API}.many:write_many", after=True),
    "rest.undone": Point("web", f"{API}.undoing:undo", after=True),
    "rest.file_kept": Point("web", f"{API}.files:keep", after=True),
    "hooks.gathering": Point("worker", f"{HOOKS}.gathering:deliveries_of"),
    "hooks.claimed": Point("worker", f"{HOOKS}.sending:written"),
    "hooks.taken": Point("worker", f"{HOOKS}.calling:post", after=True),
    "hooks.settled": Point("worker", f"{HOOKS}.sending:settle", after=True),
}
EVERYWHERE = ("web.", "worker.", "job.")
"""Beginnings of points that whoever works comes by."""


def points_of(door: str) -> list[str]:
    """The points that people (`web`) or programs (`rest`) come by."""
    programs = ("rest.", "hooks.")
    return [name for name in POINTS if name.startswith(EVERYWHERE) or name.startswith(programs) == (door == "rest")]


def place_of(path: str) -> tuple[Any, str]:
    """The object that holds a name of the product."""
    module, _colon, names = path.partition(":")
    *outer, name = names.split(".")
    return functools.reduce(getattr, outer, import_module(module)), name


class Crashing(AppConfig):
    """Puts the points into a process as it starts."""

    name = "tests.chaos.crashing"
    label = "crashing"

    def ready(self) -> None:
        """Wrap the functions of this process' points; a name that is no more fails the start."""
        from coordina.ledger.queue.schedules import SCHEDULES

        for path, size in SMALL.items():
            holder, name = place_of(path)
            assert isinstance(getattr(holder, name), type(size)), path
            setattr(holder, name, size)
        for name in OFTEN:
            SCHEDULES._items[name] = replace(SCHEDULES[name], spec="every 5s")
        for name, point in POINTS.items():
            holder, called = place_of(point.at)
            original = getattr(holder, called)
            if point.process in sys.argv[:2]:
                setattr(holder, called, wrapped(name, point, original))


_passed: Counter[str] = Counter()


def wrapped(name: str, point: Point, fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a point before or after it."""

    @functools.wraps(fn)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not point.after:
            reached(name)
        result = fn(*args, **kwargs)
        if point.after:
            reached(name)
        return result

    return call


def reached(name: str) -> None:
    """Die here, if this point is armed and was passed often enough."""
    folder = Path(os.environ["COORDINA_DATA"])
    try:
        text = (folder / ARMED).read_text()
    except FileNotFoundError:
        return
    armed = json.loads(text)
    if armed["point"] != name:
        return
    _passed[text] += 1
    if _passed[text] <= armed["skip"]:
        return
    try:
        (folder / ARMED).rename(folder / REACHED)  # of several processes only one takes it
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def arm(folder: Path, name: str, skip: int) -> None:
    """Let the next process die that passes a point, after it was passed some times."""
    (folder / REACHED).unlink(missing_ok=True)
    draft = folder / f"{ARMED}.new"
    draft.write_text(json.dumps({"point": name, "skip": skip, "mark": os.urandom(4).hex()}))
    draft.rename(folder / ARMED)


def disarm(folder: Path) -> bool:
    """Take an armed point away; whether it had been reached."""
    (folder / ARMED).unlink(missing_ok=True)
    return (folder / REACHED).exists()
