"""From step to step: which page a run is at, and putting its work into the queue exactly once."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.refusals import Conflict, Forbidden, NotFound
from coordina.core.types import RecordType
from coordina.ledger.models.changes import ChangeSet, State
from coordina.ledger.models.jobs import OVER, Job
from coordina.records import jobs
from coordina.records.importing.access import IMPORT, runs_of
from coordina.records.importing.tables import find_known
from coordina.records.importing.together import placed
from coordina.records.models import ImportRun, RunState

WORKING = (RunState.READING, RunState.CHECKING, RunState.RUNNING, RunState.UNDOING, RunState.REDOING)
"""States in which a job is at work."""
OPEN = (RunState.MAPPING, RunState.CHECKED)
"""States in which a person decides."""
WRITTEN = (RunState.DONE, RunState.STOPPED, RunState.UNDONE, RunState.PARTLY)
"""States in which something may have been written."""
PEOPLE = "user"
"""Name of the type of those who sign in."""
PAGES = {
    RunState.MAPPING: "web:import_columns",
    RunState.CHECKED: "web:import_review",
    RunState.DONE: "web:import_done",
    RunState.STOPPED: "web:import_done",
    RunState.UNDONE: "web:import_done",
    RunState.PARTLY: "web:import_done",
}


def find_run(user: User, pk: int) -> ImportRun:
    """A run that the person may look at.

    Raises:
        NotFound: When there is none, or it is somebody else's: both alike.
    """
    found: ImportRun | None = runs_of(user).select_related("by__role", "by__team", "change_set").filter(pk=pk).first()
    if found is None or not _tellable(user, found):
        raise NotFound
    return found


def _tellable(user: User, run: ImportRun) -> bool:
    """Whether a run tells nothing that is hidden from somebody: their own never does."""
    known = known_of(run) if run.by_id != user.pk else None
    hidden = known.sight(user).hidden if known is not None else frozenset()
    return hidden.isdisjoint(column["target"] for column in run.columns or ())


def own_run(user: User, pk: int) -> ImportRun:
    """A run that the person may decide about: their own.

    Raises:
        NotFound: As `find_run`.
        Forbidden: When it is somebody else's.
    """
    run = find_run(user, pk)
    if run.by_id != user.pk or not user.may(IMPORT):
        raise Forbidden(_("This is somebody else's import. You can look at it and undo it."))
    return run


def whole(run: ImportRun) -> ImportRun:
    """The run itself, or that of all the files which it came with: they begin, end and go back together."""
    if run.parent_id is None:
        return run
    runs = ImportRun.objects.select_related("by__role", "by__team", "change_set")
    return runs.get(pk=run.parent_id)


def writes_people(run: ImportRun) -> bool:
    """Whether an import, of one file or of several, may change the e-mails and roles by which people come in."""
    return PEOPLE in {run.type, *(each.type for each in placed(run))}


def known_of(run: ImportRun) -> RecordType | None:
    """The record type of a run; None while nobody knows it."""
    return find_known(run.type) if run.type else None


def page_of(run: ImportRun) -> str:
    """Address of the page a run is at."""
    if run.several and run.state not in WORKING:
        return reverse("web:import_files", args=(run.pk,))
    return reverse(PAGES.get(RunState(run.state), "web:import_run"), args=(run.pk,))


def move(run: ImportRun, state: RunState, *before: RunState) -> None:
    """Let a run enter a state in which a job works, and enqueue that job; twice is once.

    Raises:
        Conflict: When the run is not where the page showed it.
    """
    with transaction.atomic():
        moved = ImportRun.objects.filter(pk=run.pk, state__in=before).update(state=state)
        if not moved:
            raise Conflict(_("This import has gone on meanwhile. Look where it is now."))
        work: Any = {RunState.READING: jobs.read_file, RunState.CHECKING: jobs.check_rows}.get(state, jobs.import_rows)
        made = work.using(by=run.by_id, order_key=f"import:{run.pk}").enqueue(run.pk)
        ImportRun.objects.filter(pk=run.pk).update(job_id=int(made.id))


def take_back(run: ImportRun, by: User, *, force: bool) -> None:
    """Enqueue the undo of a run.

    Raises:
        Conflict: When it is not where the page showed it.
    """
    with transaction.atomic():
        if not ImportRun.objects.filter(pk=run.pk, state__in=WRITTEN).update(state=RunState.UNDOING):
            raise Conflict(_("This import has gone on meanwhile. Look where it is now."))
        made = jobs.undo_rows.using(by=by.pk, order_key=f"import:{run.pk}").enqueue(run.pk, by.pk, force)
        ImportRun.objects.filter(pk=run.pk).update(job_id=int(made.id))


def bring_back(run: ImportRun, by: User) -> None:
    """Enqueue the redo of a run that was undone.

    Raises:
        Conflict: When it is not where the page showed it.
    """
    with transaction.atomic():
        before = (RunState.UNDONE, RunState.PARTLY)
        if not ImportRun.objects.filter(pk=run.pk, state__in=before).update(state=RunState.REDOING):
            raise Conflict(_("This import has gone on meanwhile. Look where it is now."))
        made = jobs.redo_rows.using(by=by.pk, order_key=f"import:{run.pk}").enqueue(run.pk, by.pk)
        ImportRun.objects.filter(pk=run.pk).update(job_id=int(made.id))


def is_stuck(run: ImportRun) -> bool:
    """Whether the job of a run ended without bringing it on: it failed, or was stopped elsewhere."""
    if run.state not in WORKING or run.job_id is None:
        return False
    return Job.objects.filter(pk=run.job_id, state__in=OVER).exists()


def undo_state(run: ImportRun) -> str:
    """What the ledger says about the change set of a run: undone elsewhere counts too."""
    if run.change_set_id is None:
        return State.UNDONE if run.state == RunState.UNDONE else ""
    return str(ChangeSet.objects.filter(pk=run.change_set_id).values_list("state", flat=True).first() or "")
