"""Background work of records: the search index, and imports."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.ledger.queue import Kind, progress, task
from coordina.records.importing import running, steps
from coordina.records.models import ImportRun, RunState
from coordina.records.search.index import refresh_referrers


@task()
def refresh_search(label: str, keys: list[int]) -> int:
    """Renew the search rows of records that carry names that changed."""
    return refresh_referrers(label, keys)


@task(kind=Kind.LONG, label=_("Reading the file"))
def read_file(run_id: int) -> None:
    """Look at a whole uploaded file once."""
    run = ImportRun.objects.select_related("by").get(pk=run_id)
    if run.state == RunState.READING:
        _guarded(run, lambda: steps.read(run))


@task(kind=Kind.LONG, label=_("Checking rows"))
def check_rows(run_id: int) -> None:
    """Give a verdict on every row."""
    run = ImportRun.objects.select_related("by").get(pk=run_id)
    if run.state == RunState.CHECKING:
        _guarded(run, lambda: running.check(run, progress=_progress(run)))


@task(kind=Kind.LONG, label=_("Importing"))
def import_rows(run_id: int) -> None:
    """Import what was decided."""
    run = ImportRun.objects.select_related("by", "change_set").get(pk=run_id)
    if run.state == RunState.RUNNING:
        _guarded(run, lambda: running.execute(run, progress=_progress(run)))


def _progress(run: ImportRun) -> Callable[[int], None]:
    total = int(run.facts.get("row_count", 0))

    def tell(behind: int) -> None:
        progress.report(behind, total)
        progress.check()

    return tell


def _guarded(run: ImportRun, work: Callable[[], Any]) -> None:
    """A cancelled job stops its run; what was imported so far stays and can be undone or continued."""
    try:
        work()
    except progress.Cancelled:
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.STOPPED)
        raise
