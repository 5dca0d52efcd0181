"""What an import did: its page, and the file of rows that were left out."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.types import RecordType
from coordina.ledger.models.changes import State
from coordina.records.importing.lined import head_of, lined_of
from coordina.records.importing.steps import label_of
from coordina.records.models import ImportProblem, ImportRun, RunState
from coordina.records.vocabularies import written_query
from coordina.web.access import may_list
from coordina.web.imports.going import undo_state
from coordina.web.imports.reviewing import problems_of
from coordina.web.imports.showing import can_undo, may_redo
from coordina.web.undoing import left_of

TOLD = 10
"""Problems that the page names; the file has all of them."""


def done_values(request: Any, run: ImportRun, known: RecordType) -> dict[str, Any]:
    """What the page shows: counts, what was left out, and what an undo left."""
    state = undo_state(run)
    held = [[row["model"], row["pk"], row["reason"], row["names"]] for row in run.result.get("list", [])]
    return {
        "undone": state == State.UNDONE,
        "partly": state == State.PARTLY,
        "stopped": run.state == RunState.STOPPED,
        "can_undo": can_undo(run, request.user) and state != State.UNDONE,
        "can_redo": may_redo(run, request.user),
        "left": left_of(held, request.user) if state == State.PARTLY else [],
        "made": [
            (label_of(known, name.removeprefix("made:")), request.formats.integer(count))
            for name, count in run.counts.items()
            if name.startswith("made:") and count
        ],
        "problems": problems_of(run, 0)[0][:TOLD],
        **({} if state == State.UNDONE else lists_of(run, known, request.user)),
    }


def lists_of(run: ImportRun, known: RecordType, user: User) -> dict[str, str]:
    """Addresses of lists with exactly the records that an import wrote: all, made ones, changed ones."""
    lines = lined_of(known) is not None
    known = head_of(known) if lines else known
    if known.within or run.change_set_id is None or not may_list(user, known):
        return {}
    home = reverse("web:list", args=(known.url,))
    return {
        f"{short}_url": f"{home}?{urlencode({'q': written_query(run.change_set_id, name)})}"
        for short, name in (("list", "written_in"), ("new", "created_in"), ("update", "updated_in"))
        if short == "list" or not lines  # the figures are those of the lines, which have no list
    }


def error_rows(run: ImportRun) -> Iterator[list[str]]:
    """The rows left out as they came, with the row number and the reasons behind; header first."""
    headers = [*run.facts.get("headers", []), _("Row"), _("What is wrong")]
    yield headers
    width = len(headers) - 2
    for problem in ImportProblem.objects.filter(run=run).order_by("number").iterator(500):
        said = " ".join(f"{label}: {text}" if label else text for label, text in problem.reasons)
        cells = [*problem.cells, *[""] * (width - len(problem.cells))]
        yield [*cells[:width], str(problem.number), " ".join([said, *cells[width:]])]
