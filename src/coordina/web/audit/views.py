"""The pages of the auditor's report."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coordina.accounts.actions import MANAGE_ACCESS
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound
from coordina.ledger.audit import find
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import may_undo
from coordina.web.audit.asking import offers, read_question
from coordina.web.audit.exporting import FORMATS, make_file
from coordina.web.audit.need import need
from coordina.web.audit.one import page_of
from coordina.web.audit.showing import row_of, rows_of
from coordina.web.context import follow_job
from coordina.web.days import day_words

PAGE = 50


@require_safe
def report(request: Any) -> HttpResponse:
    """What happened, newest first, as the address narrows it."""
    need(request)
    made = read_question(request.GET, request.user, request.formats)
    found = find(made.asked, after=parse_id(request.GET.get("after", "")), size=PAGE)
    values = {
        "question": made,
        "offers": offers(made, request.user),
        "words": day_words(),
        "rows": rows_of(found.changes, made.asked, request.user, request.formats),
        "next_url": f"?{made.query}&after={found.next}" if found.next is not None else "",
        "sees_sign_ins": request.user.may(MANAGE_ACCESS),
        "reached": request.formats.exact(found.reached) if found.reached is not None else "",
    }
    return render(request, "web/audit/report.html", values, status=422 if made.errors else 200)


@require_safe
def one(request: Any, pk: int) -> HttpResponse:
    """One change set with all that it wrote, page by page."""
    need(request)
    change = ChangeSet.objects.select_related("by", "undo_of").filter(pk=pk).first()
    if change is None:
        raise NotFound
    page = page_of(change, request.GET.get("after", ""), request.user, request.formats)
    values = {
        "row": row_of(change, page.kind, request.formats),
        "page": page,
        "change_url": reverse("web:change", args=(pk,)) if may_undo(change, request.user) else "",
        "undoes": change.undo_of_id,
    }
    return render(request, "web/audit/one.html", values)


@require_POST
def export(request: Any) -> HttpResponse:
    """Write what is asked for into a file, as a job whose end offers it."""
    need(request)
    made = read_question(request.POST, request.user, request.formats)
    form = request.POST.get("form", "")
    task = make_file.using(by=request.user.pk)
    job = task.enqueue(request.user.pk, made.typed, form if form in FORMATS else "csv")
    follow_job(request, int(job.id))
    return redirect("web:job", int(job.id))
