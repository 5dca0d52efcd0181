"""The pages of the import assistant."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts import session
from coordina.core.csvsafe import export_safe
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.ledger.queue import cancel, retry
from coordina.records.importing import steps
from coordina.records.importing.access import IMPORT, importable_types, runs_of
from coordina.records.models import ImportMapping, ImportRun, RunState
from coordina.web.accounts.proving import to_confirm
from coordina.web.imports import going
from coordina.web.imports.answering import make_answer
from coordina.web.imports.choosing import DECIMALS, MODES, ORDERS, ColumnsPage, read_choice
from coordina.web.imports.keeping import mapping_values, remember
from coordina.web.imports.results import done_values, error_rows
from coordina.web.imports.reviewing import review_values
from coordina.web.imports.showing import can_undo, frame, history_values, job_of, start_values
from coordina.web.imports.uploading import take


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Any) -> HttpResponse:
    """Choose files, and what they hold if one wants to say it."""
    if not request.user.may(IMPORT):
        raise Forbidden
    chosen, error = request.POST.get("type", request.GET.get("type", "")), None
    if request.method == "POST":
        try:
            return redirect("web:import_run", take(request.user, chosen, request.FILES.getlist("files")).pk)
        except Refusal as refusal:
            error = refusal
    values = start_values(request) | {"chosen": chosen, "error": error}
    return render(request, "web/imports/start.html", values, status=422 if error else 200)


@require_safe
def history(request: Any) -> HttpResponse:
    """What was imported, newest first."""
    if not request.user.may(IMPORT) and not runs_of(request.user).exists():
        raise Forbidden
    return render(request, "web/imports/history.html", history_values(request))


@require_safe
def run_page(request: Any, pk: int) -> HttpResponse:
    """Where a run is: its progress while a job works, else the page of its step."""
    run = going.find_run(request.user, pk)
    if run.state not in (*going.WORKING, RunState.FAILED) or (run.several and run.state == RunState.FAILED):
        return redirect(going.page_of(run))
    values = frame(request, run) | {"job": job_of(request, run), "stuck": going.is_stuck(run)}
    values["types"] = importable_types(request.user)
    return render(request, "web/imports/run.html", values)


@require_POST
def retype(request: Any, pk: int) -> HttpResponse:
    """Say what a file holds; it is looked at again."""
    run = going.own_run(request.user, pk)
    chosen = request.POST.get("type", "")
    if chosen not in {known.name for known in importable_types(request.user)}:
        raise NotFound
    sheet = request.POST.get("sheet", "")
    changed = bool(sheet) and sheet in run.facts.get("sheets", []) and sheet != run.facts.get("sheet")
    if (chosen != run.type or changed) and run.change_set_id is None:
        facts = {**run.facts, "sheet": sheet} if changed else run.facts
        state = RunState.READING if run.parent_id else run.state
        ImportRun.objects.filter(pk=run.pk).update(type=chosen, facts=facts, state=state)
        run = going.whole(run)
        going.move(run, RunState.READING, RunState.MAPPING, RunState.CHECKED, RunState.FAILED)
    return redirect("web:import_run", run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: Any, pk: int) -> HttpResponse:
    """What each column is, how rows find their records, what is made."""
    run = going.own_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state not in going.OPEN:
        return redirect("web:import_run", run.pk)
    if request.method == "POST":
        steps.decide(run, *read_choice(run, known, request.POST))
        if request.POST.get("go") == "check":
            whole = going.whole(run)
            going.move(whole, RunState.CHECKING, RunState.MAPPING, RunState.CHECKED)
            return redirect("web:import_run", whole.pk)
        return redirect("web:import_columns", run.pk)
    values = {"page": ColumnsPage(run, known, request.user), "types": importable_types(request.user)}
    values |= {"modes": MODES, "orders": ORDERS, "decimals": DECIMALS} | mapping_values(request, run, known)
    return render(request, "web/imports/columns.html", frame(request, run, 1) | values)


@require_POST
def answer(request: Any, pk: int) -> HttpResponse:
    """Make the record that the file needs for a question of its type, such as a pipeline from its stages."""
    run = going.own_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state not in going.OPEN:
        return redirect("web:import_run", run.pk)
    steps.decide(run, *read_choice(run, known, request.POST))
    make_answer(request, run, known)
    return redirect("web:import_columns", run.pk)


@require_safe
def review(request: Any, pk: int) -> HttpResponse:
    """The verdict on every row, before anything is written."""
    run = going.find_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state != RunState.CHECKED:
        return redirect("web:import_run", run.pk)
    after = parse_id(request.GET.get("after", "")) or 0
    found = review_values(request, run, known, request.GET.get("show", ""), after)
    return render(request, "web/imports/review.html", frame(request, run) | found)


@require_POST
def begin(request: Any, pk: int) -> HttpResponse:
    """Import what was checked; a stopped import goes on. People are imported by who has just shown who they are."""
    run = going.whole(going.own_run(request.user, pk))
    if going.writes_people(run) and not session.proved(request):
        return to_confirm(request)
    going.move(run, RunState.RUNNING, RunState.CHECKED, RunState.STOPPED)
    if request.POST.get("remember") and request.user.may(ImportMapping.permission("add")):
        remember(run, request.user, request.POST.get("mapping_name", "")[:80])
    return redirect("web:import_run", run.pk)


@require_POST
def stop(request: Any, pk: int) -> HttpResponse:
    """Stop the work of a run; what was imported so far stays and can be undone."""
    run = going.whole(going.find_run(request.user, pk))
    if run.job_id is not None:
        cancel(run.job_id, request.user)
        steps.settle_stopped(run)
    return redirect("web:import_run", run.pk)


@require_POST
def retry_job(request: Any, pk: int) -> HttpResponse:
    """Let a failed job of a run try again."""
    run = going.whole(going.find_run(request.user, pk))
    if run.job_id is not None:
        retry(run.job_id, request.user)
    return redirect("web:import_run", run.pk)


@require_safe
def done(request: Any, pk: int) -> HttpResponse:
    """What an import did, and the way back."""
    run = going.find_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state not in going.WRITTEN:
        return redirect("web:import_run", run.pk)
    return render(request, "web/imports/done.html", frame(request, run) | done_values(request, run, known))


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Any, pk: int) -> HttpResponse:
    """Take a whole import back, after saying what that means."""
    run = going.whole(going.find_run(request.user, pk))
    if not can_undo(run, request.user):
        raise NotFound
    force = request.POST.get("force", request.GET.get("force", "")) == "yes"
    if request.method == "POST":
        going.take_back(run, request.user, force=force)
        return redirect("web:import_run", run.pk)
    return render(request, "web/imports/undo.html", frame(request, run) | {"force": force})


@require_POST
def discard(request: Any, pk: int) -> HttpResponse:
    """Forget a file that was not imported; what was made for it already is taken back."""
    run = going.whole(going.own_run(request.user, pk))
    if run.state not in (*going.OPEN, RunState.FAILED):
        raise NotFound
    steps.discard(run, request.user)
    messages.success(request, _("“%(name)s” was discarded.") % {"name": run.file_name})
    return redirect("web:import_start")


@require_safe
def errors(request: Any, pk: int) -> StreamingHttpResponse:
    """The rows that were left out, with the reasons, as a file to correct and import again."""
    run = going.find_run(request.user, pk)
    name = run.file_name.rsplit(".", 1)[0].encode("ascii", "ignore").decode().replace('"', "") or "import"
    return StreamingHttpResponse(
        _lines(run, ";" if request.formats.decimal(1.5)[1] == "," else ","),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-errors.csv"'},
    )


class _Echo:
    def write(self, text: str) -> str:
        """Give what the CSV writer writes."""
        return text


def _lines(run: ImportRun, delimiter: str) -> Iterator[str]:
    line = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield "\ufeff"
    for row in error_rows(run):
        yield line.writerow([export_safe(cell) for cell in row])
