"""The steps of a bulk run: begun, previewed, started, stopped. Small ones are done at once, others by a job."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.core.actions import Action
from coordina.core.refusals import Conflict, NotFound, Refusal
from coordina.core.types import RecordType
from coordina.ledger.models.jobs import OVER, Job
from coordina.ledger.queue import Kind, progress, task
from coordina.records.bulk import running
from coordina.records.bulk.order import Order
from coordina.records.models import BulkRun, BulkState

AT_ONCE = 200
"""Records up to which preview and run are done inside the request."""


def begin(
    by: User, known: RecordType, declared: Action, given: dict[str, Any], *, keys: list[int], query: str | None
) -> BulkRun:
    """Note what somebody wants to do with which records, and work out what would change.

    Args:
        by: Who.
        known: Of which type.
        declared: The action.
        given: See `BulkRun.given`.
        keys: The records, where they were picked.
        query: The filter, where all that match are meant.

    Raises:
        Refusal: When what is given cannot be done with any record.
    """
    run = BulkRun(by=by, type=known.name, action=declared.name, given=given, query=query, created_at=timezone.now())
    _ = Order.of(run, by).arguments  # refuses what is wrong for every record
    run.rows = running.packed((pk, 0) for pk in sorted(set(keys)))
    some = running.asked_for(run, by, run.created_at).order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1]
    small = len(some) <= AT_ONCE
    if small:
        run.save()
        running.check(run, progress=_silent)
        _go_on(run)
    else:
        with transaction.atomic():  # a run whose check nobody does would wait for ever
            run.save()
            _enqueue(run, check_bulk)
    return run


def _go_on(run: BulkRun) -> None:
    """Do at once what was decided elsewhere and needs no preview."""
    if run.given.get("go") and run.state == BulkState.CHECKED:
        start(run)


def start(run: BulkRun) -> None:
    """Do what was previewed, or go on with what was stopped; twice is once.

    Raises:
        Conflict: When the run is not where the page showed it.
    """
    with transaction.atomic():
        waiting = BulkRun.objects.filter(pk=run.pk, state__in=(BulkState.CHECKED, BulkState.STOPPED))
        if not waiting.update(state=BulkState.RUNNING):
            raise Conflict(_("This has gone on meanwhile. Look where it is now."))
        if len(running.marks_of(run)) > AT_ONCE:
            _enqueue(run, run_bulk)
        else:  # as a whole or not at all
            run.refresh_from_db()
            running.execute(run, progress=_silent)


def _silent(behind: int) -> None:
    """Inside a request nobody is told how far it is."""


def _enqueue(run: BulkRun, work: Any) -> None:
    made = work.using(by=run.by_id, order_key=f"bulk:{run.pk}").enqueue(run.pk)
    run.job_id = int(made.id)
    BulkRun.objects.filter(pk=run.pk).update(job_id=run.job_id)


def find_run(user: User, pk: int) -> BulkRun:
    """A run of the person's own.

    Raises:
        NotFound: When there is none, or it is somebody else's: both alike.
    """
    found = BulkRun.objects.select_related("by", "change_set").filter(pk=pk, by=user).first()
    if found is None:
        raise NotFound
    settle(found)
    return found


def settle(run: BulkRun) -> None:
    """Stop a run whose job has ended without bringing it on: what is done stays and can be undone or continued."""
    working = run.state in (BulkState.CHECKING, BulkState.RUNNING)
    if working and run.job_id is not None and Job.objects.filter(pk=run.job_id, state__in=OVER).exists():
        run.refresh_from_db()
        if run.state == BulkState.RUNNING:
            running.finish(run, BulkState.STOPPED)
        elif run.state == BulkState.CHECKING:
            BulkRun.objects.filter(pk=run.pk).delete()
            raise Refusal("stopped", _("The preview was stopped. Nothing was changed."), status=409)


def _run(run_id: int, state: BulkState) -> BulkRun | None:
    """The run, if it still waits for this very step: a job that runs twice does its work once."""
    return BulkRun.objects.select_related("by", "change_set").filter(pk=run_id, state=state).first()


@task(kind=Kind.LONG, label=gettext_lazy("Working out what would change"))
def check_bulk(run_id: int) -> None:
    """Judge the records of a run."""
    run = _run(run_id, BulkState.CHECKING)
    if run is not None:
        running.check(run, progress=_teller(run))
        _go_on(run)


@task(kind=Kind.LONG, label=gettext_lazy("Changing records"))
def run_bulk(run_id: int) -> None:
    """Do what a run says."""
    run = _run(run_id, BulkState.RUNNING)
    if run is None:
        return
    run.total = len(running.marks_of(run))
    try:
        running.execute(run, progress=_teller(run))
    except progress.Cancelled:
        running.finish(run, BulkState.STOPPED)
        raise


def _teller(run: BulkRun) -> running.Progress:
    def tell(behind: int) -> None:
        progress.report(behind, run.total or None)
        progress.check()

    return tell
