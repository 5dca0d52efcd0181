"""Background work of records: the search index, and imports."""

import gc
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.inserting import roomy
from coordina.ledger.queue import Kind, progress, schedule, task
from coordina.records import figures, sweeping
from coordina.records.importing import checking, running, steps, together
from coordina.records.models import ImportRun, RunState
from coordina.records.search.index import refresh_referrers

SELDOM = (50_000, 20, 50)
"""Thresholds of Python's garbage collector in a process that imports: rows are many and hold no cycles."""


@task()
def refresh_search(label: str, keys: list[int]) -> int:
    """Renew the search rows of records that carry names that changed."""
    return refresh_referrers(label, keys)


@task(kind=Kind.LONG, label=_("Reading the file"))
def read_file(run_id: int) -> None:
    """Look at a whole uploaded file once."""
    run = _run(run_id, RunState.READING)
    if run is not None:
        read = together.read_all if run.several else steps.read
        _guarded(run, lambda: read(run, _progress(run)))


@task(kind=Kind.LONG, label=_("Checking rows"))
def check_rows(run_id: int) -> None:
    """Give a verdict on every row."""
    run = _run(run_id, RunState.CHECKING)
    if run is not None:
        if run.several:
            _guarded(run, lambda: together.check_all(run, _progress(run)))
        else:
            _guarded(run, lambda: checking.check(run, progress=_progress(run)))


@task(kind=Kind.LONG, label=_("Importing"))
def import_rows(run_id: int) -> None:
    """Import what was decided."""
    run = _run(run_id, RunState.RUNNING)
    gc.set_threshold(*SELDOM)
    if run is not None:
        work = together.execute_all if run.several else running.execute
        with roomy():
            _guarded(run, lambda: work(run, progress=_progress(run)))


@task(kind=Kind.LONG, label=_("Undoing the import"))
def undo_rows(run_id: int, by_id: int, force: bool) -> None:
    """Take an import back."""
    run = _run(run_id, RunState.UNDOING)
    if run is not None:
        by = User.objects.get(pk=by_id)
        total = running.written_rows(run)
        running.take_back(run, by, force=force, progress=lambda behind: progress.report(behind, total))
        together.taken_back(run, run.state)


@task(kind=Kind.LONG, label=_("Importing again"))
def redo_rows(run_id: int, by_id: int) -> None:
    """Bring an import back that was undone."""
    run = _run(run_id, RunState.REDOING)
    if run is not None:
        by = User.objects.get(pk=by_id)
        total = running.written_rows(run)
        running.bring_back(run, by, progress=lambda behind: progress.report(behind, total))
        together.taken_back(run, run.state)


def _run(run_id: int, state: RunState) -> ImportRun | None:
    """The run, if it still waits for this very step: a job that runs twice does its work once."""
    runs = ImportRun.objects.select_related("by__role", "by__team", "change_set")
    return runs.filter(pk=run_id, state=state).first()


def _progress(run: ImportRun) -> Callable[[int], None]:
    def tell(behind: int) -> None:
        progress.report(behind, int(run.facts.get("row_count", 0)) or None)
        progress.check()

    return tell


def _guarded(run: ImportRun, work: Callable[[], Any]) -> None:
    """A cancelled job stops its run; what was imported so far stays and can be undone or continued."""
    try:
        work()
    except progress.Cancelled:
        stopped = RunState.STOPPED if run.state == RunState.RUNNING else RunState.MAPPING
        ImportRun.objects.filter(pk=run.pk).update(state=stopped if run.columns or run.several else RunState.FAILED)
        raise


@task(kind=Kind.LONG, label=_("Adding up a view"))
def keep_figures(key: str, question: dict[str, Any]) -> int:
    """Work out the figures of a view over many rows; gives how many groups there are."""
    return figures.work_out(key, question)


@task()
def forget_figures() -> int:
    """Drop figures that nobody has asked for lately."""
    return figures.forget_old()


@task(kind=Kind.LONG, label=_("Sweeping up files that nobody names"))
def sweep_files() -> int:
    """Remove bytes that no row names; gives how many files."""
    return sweeping.sweep()


schedule("records.sweep_files", sweep_files, "37 3 * * *")
schedule("records.forget_figures", forget_figures, "every 6h")
