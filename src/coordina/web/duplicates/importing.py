"""In the review of an import: new rows that may be there already, and what is to become of them."""

from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.records.importing.plan import Plan
from coordina.records.importing.twins import choices_of, decide
from coordina.records.models import ImportRun, ImportTwin, RunState
from coordina.web.duplicates.reasons import told
from coordina.web.duplicates.shown import compared_names, matching_for, sides_of
from coordina.web.imports import going

PAGE = 50
"""Rows on one page."""


def twin_values(run: ImportRun, known: RecordType, user: User, formats: Formats, after: int) -> dict[str, Any]:
    """A page of rows that may be there already.

    Args:
        after: Rows behind this one.
    """
    rows = list(ImportTwin.objects.filter(run=run, number__gt=after).order_by("number", "pk")[: PAGE + 1])
    names = compared_names(matching_for(known, user), user)[:4]
    sides = sides_of(known, {row.object_id for row in rows}, user, formats, names)
    return {
        "twins": [
            {
                "row": row,
                "side": sides.get(row.object_id),
                "facts": [cell for cell in sides[row.object_id].cells.values() if cell][:3],
                "score": formats.percent(min(99, int(100 * row.score)), 0),
                "reasons": told(row.reasons, formats),
            }
            for row in rows[:PAGE]
            if row.object_id in sides
        ],
        "choices": choices_of(Plan.of(run).mode),
        "more_twins": rows[PAGE - 1].number if len(rows) > PAGE else 0,
    }


@require_POST
def decide_twins(request: Any, pk: int) -> HttpResponseRedirect:
    """Keep what was decided about rows: about those of the page, or about all of them."""
    run = going.own_run(request.user, pk)
    if going.known_of(run) is None or run.state != RunState.CHECKED:
        raise NotFound
    known = {value for value, _label in choices_of(Plan.of(run).mode)}
    every = request.POST.get("all", "")
    if every in known:
        decide(run, every)
    for name, value in request.POST.items():
        mark = parse_id(name.removeprefix("twin-")) if name.startswith("twin-") else None
        if mark is not None and value in known:
            decide(run, value, mark)
    after = parse_id(request.POST.get("next", "")) or 0
    return HttpResponseRedirect(f"{reverse('web:import_review', args=(pk,))}?show=twin&after={after}")
