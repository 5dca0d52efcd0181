"""What several pages of an import share: its steps, its job, its line in the history."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.accounts.models import User
from coordina.core.parsing.ids import parse_id
from coordina.ledger.models.changes import State
from coordina.ledger.queue import job_status
from coordina.ledger.undo import may_undo
from coordina.records.importing.access import IMPORT, importable_types, runs_of
from coordina.records.importing.running import can_redo
from coordina.records.models import ImportRun, RunState
from coordina.web.imports.going import OPEN, WORKING, is_stuck, known_of, page_of, undo_state
from coordina.web.jobs import as_context
from coordina.web.listpage import capital

STEP_OF = {
    RunState.READING: 0,
    RunState.FAILED: 0,
    RunState.MAPPING: 1,
    RunState.CHECKING: 1,
    RunState.CHECKED: 2,
    RunState.RUNNING: 3,
    RunState.STOPPED: 3,
}


def frame(request: Any, run: ImportRun, place: int | None = None) -> dict[str, Any]:
    """What every page of a run shows: title, file, steps.

    Args:
        place: Step of the page, from 0; that of the run's state by default.
    """
    known = known_of(run)
    rows = int(run.facts.get("row_count", 0))
    facts = [run.file_name] if not run.several else [files_text(run)]
    if rows:
        facts.append(ngettext("%(count)s row", "%(count)s rows", rows) % {"count": request.formats.integer(rows)})
        headers = len(run.facts.get("headers", []))
    if rows and not run.several:
        facts.append(ngettext("%(count)d column", "%(count)d columns", headers) % {"count": headers})
    plural = str(known.plural) if known is not None else _("several files") if run.several else _("a file")
    return {
        "run": run,
        "known": known,
        "title": _("Import %(plural)s") % {"plural": plural},
        "facts": " · ".join(facts),
        "steps": steps_of(run, place),
        "mine": run.by_id == request.user.pk,
        "shown": {
            "behind": request.formats.integer(run.behind),
            **{n: request.formats.integer(run.counts.get(n, 0)) for n in ("new", "update", "same", "error")},
        },
    }


def steps_of(run: ImportRun, place: int | None = None) -> list[dict[str, str]]:
    """The path of a run: file, columns, review, import."""
    now = STEP_OF.get(RunState(run.state), 4) if place is None else place
    columns = run.columns or []
    known = sum(bool(c["target"]) for c in columns)
    errors = run.counts.get("error", 0)
    notes = ["", "", "", _("can be undone")]
    if columns:
        notes[1] = _("%(known)d of %(all)d recognised") % {"known": known, "all": len(columns)}
    if now >= 2 and errors:
        notes[2] = ngettext("%(count)d row has errors", "%(count)d rows have errors", errors) % {"count": errors}
    if run.several or run.parent_id is not None:
        return _steps_of_several(run)
    names = (_("File"), _("Columns"), _("Review"), _("Import"))
    urls = ["", "web:import_columns", "web:import_review", ""]
    path = []
    for step, (name, note, url) in enumerate(zip(names, notes, urls, strict=True)):
        state = "done" if step < now else "now" if step == now else ""
        link = reverse(url, args=(run.pk,)) if url and step < now and run.state in OPEN else ""
        path.append({"name": name, "state": state, "note": note, "url": link})
    return path


def _steps_of_several(run: ImportRun) -> list[dict[str, str]]:
    """The path of several files: files, review of all, import."""
    shown = {RunState.READING: 0, RunState.FAILED: 0, RunState.RUNNING: 2, RunState.STOPPED: 2, RunState.CHECKED: 1}
    now = shown.get(RunState(run.state), 1 if run.state in (RunState.MAPPING, RunState.CHECKING) else 3)
    notes = ("", "", _("can be undone"))
    names = (_("Files"), _("Review"), _("Import"))
    return [
        {"name": name, "state": "done" if n < now else "now" if n == now else "", "note": note, "url": ""}
        for n, (name, note) in enumerate(zip(names, notes, strict=True))
    ]


def files_text(run: ImportRun) -> str:
    """How many files a run of several has."""
    count = int(run.facts.get("files", 0))
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count}


def job_of(request: Any, run: ImportRun) -> dict[str, Any] | None:
    """The job at work for a run, as the progress sheet shows it; None where nothing works."""
    if run.state not in WORKING or run.job_id is None:
        return None
    status = job_status(run.job_id, request.user)
    if status is None:
        return None
    shown = as_context(request, status)
    shown["result_url"] = ""
    stoppable = status.can_cancel and run.state not in (RunState.UNDOING, RunState.REDOING)
    shown["cancel_url"] = reverse("web:import_stop", args=(run.pk,)) if stoppable else ""
    return shown


def line_of(request: Any, run: ImportRun) -> dict[str, Any]:
    """A run in the history."""
    known = known_of(run)
    undone = undo_state(run) if run.state == RunState.DONE else ""
    label = RunState(run.state).label
    if undone in (State.UNDONE, State.PARTLY):
        label = State(undone).label
    tones = {RunState.DONE: "good", RunState.FAILED: "bad", RunState.STOPPED: "warn", RunState.PARTLY: "warn"}
    written = run.counts.get("new", 0) + run.counts.get("update", 0)
    return {
        "run": run,
        "url": page_of(run),
        "noun": capital(known.plural) if known is not None else files_text(run) if run.several else "",
        "state": _("Stuck") if is_stuck(run) else label,
        "tone": "" if undone not in ("", State.DONE) else tones.get(RunState(run.state), ""),
        "when": request.formats.datetime(run.created_at),
        "rows": request.formats.integer(run.facts.get("row_count", 0)),
        "written": request.formats.integer(written) if run.state not in OPEN else "",
    }


def can_undo(run: ImportRun, user: User) -> bool:
    """Whether there is something to take back and the person may."""
    change: Any = run.change_set
    return change is not None and may_undo(change, user) and change.state in (State.DONE, State.OPEN, State.PARTLY)


def may_redo(run: ImportRun, user: User) -> bool:
    """Whether an undone import can be brought back by a person."""
    undone = run.state in (RunState.UNDONE, RunState.PARTLY)
    return undone and can_redo(run) and (run.by_id == user.pk or can_undo(run, user))


LINES = 50
"""Runs on one page of the history."""


def start_values(request: Any) -> dict[str, Any]:
    """What the first page offers: the types a person may import, and what they have not finished."""
    open_runs = runs_of(request.user).filter(by=request.user, parent=None, state__in=(*OPEN, *WORKING))
    open_runs = open_runs.select_related("by")
    return {
        "types": importable_types(request.user),
        "waiting": [line_of(request, run) for run in open_runs[:6]],
    }


def history_values(request: Any) -> dict[str, Any]:
    """One page of the history."""
    before = parse_id(request.GET.get("before", ""))
    found = runs_of(request.user).filter(parent=None).select_related("by", "change_set")
    found = list((found.filter(pk__lt=before) if before is not None else found)[: LINES + 1])
    return {
        "lines": [line_of(request, run) for run in found[:LINES]],
        "next_url": f"?before={found[LINES - 1].pk}" if len(found) > LINES else "",
        "may_import": request.user.may(IMPORT),
    }
