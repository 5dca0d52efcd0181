"""The pages of bulk work."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.core.csvsafe import export_safe
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, RecordType
from coordina.ledger.queue import cancel
from coordina.records.bulk import steps
from coordina.records.models import BulkRun, BulkState
from coordina.web.access import need_list
from coordina.web.bulk.choices import choice_of
from coordina.web.bulk.forms import BulkForm
from coordina.web.bulk.picking import Picked, picked
from coordina.web.bulk.showing import done_text, order_values, page_values, problems_of
from coordina.web.context import follow_job
from coordina.web.listpage import capital

BLOCK = 1000


@require_http_methods(["GET", "HEAD", "POST"])
def order_page(request: Any, known: RecordType) -> HttpResponse:
    """Say what is to be done with the picked records; sent, the preview comes."""
    need_list(request.user, known)
    asked = request.POST if request.method == "POST" else request.GET
    choice, chosen = choice_of(request.user, known, asked.get("do", "")), picked(request, known, asked)
    form = BulkForm(choice, known, user=request.user, formats=request.formats, data=request.POST or None)
    if not form.fields:  # nothing to say: the preview at once
        form = BulkForm(choice, known, user=request.user, formats=request.formats, data=asked)
    run = _begun(request, form, chosen) if form.is_valid() else None
    if run is not None:
        return redirect("web:bulk_run", run.pk)
    values = order_values(known, choice, form, chosen)
    return render(request, "web/bulk/order.html", values, status=422 if form.errors else 200)


def _begun(request: Any, form: BulkForm, chosen: Picked) -> BulkRun | None:
    """The run that a valid form begins; None where the action refuses it, which the form says then."""
    try:
        given = form.order() | {"q": chosen.q}
        declared = form.declared
        run = steps.begin(request.user, form.type, declared, given, keys=chosen.keys, query=chosen.query)
    except Refusal as refusal:
        form.told(refusal)
        return None
    _follow(request, run)
    return run


def _follow(request: Any, run: BulkRun) -> None:
    if run.job_id is not None and run.state in (BulkState.CHECKING, BulkState.RUNNING):
        follow_job(request, run.job_id)


@require_safe
def run_page(request: Any, pk: int) -> HttpResponse:
    """Where a run is: its progress, its preview or its result."""
    run = steps.find_run(request.user, pk)
    return render(request, "web/bulk/run.html", page_values(request, run))


@require_POST
def start(request: Any, pk: int) -> HttpResponse:
    """Do what was previewed."""
    run = steps.find_run(request.user, pk)
    steps.start(run)
    run.refresh_from_db()
    _follow(request, run)
    if run.state == BulkState.DONE and not run.counts.get("refused"):
        undo = reverse("web:undo", args=(run.change_set_id,)) if run.change_set_id else ""
        text = done_text(run, request.formats)
        messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return redirect("web:bulk_run", pk)


@require_POST
def stop(request: Any, pk: int) -> HttpResponse:
    """Stop the work of a run; what is done stays and can be undone."""
    run = steps.find_run(request.user, pk)
    if run.job_id is not None:
        cancel(run.job_id, request.user)
    return redirect("web:bulk_run", pk)


@require_safe
def refused(request: Any, pk: int) -> StreamingHttpResponse:
    """The records that were left out, with the reasons, as a file."""
    run = steps.find_run(request.user, pk)
    delimiter = ";" if request.formats.decimal(1.5)[1] == "," else ","
    return StreamingHttpResponse(
        _lines(run, request.user, delimiter),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{TYPES[run.type].url}-left-out.csv"'},
    )


class _Echo:
    def write(self, text: str) -> str:
        """Give what the CSV writer writes."""
        return text


def _lines(run: BulkRun, user: Any, delimiter: str) -> Iterator[str]:
    line = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield "\ufeff" + line.writerow([_("Id"), capital(TYPES[run.type].label), _("Reason")])
    after = 0
    while found := problems_of(run, user, BLOCK, after):
        yield "".join(
            [line.writerow([one["pk"], export_safe(one["title"]), export_safe(one["reason"])]) for one in found]
        )
        after = found[-1]["mark"]
