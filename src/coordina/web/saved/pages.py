"""Keeping and changing views, sums that come after the page, the workbook, and putting one field of a record."""

import secrets
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.core.actions import of
from coordina.core.keyset import bounded_count
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import RecordType, type_of
from coordina.records.models import SavedView
from coordina.records.saved_views import find_view, segment_of
from coordina.records.view_state import state_in
from coordina.records.view_writers import change_view, open_with, pin_view, save_view
from coordina.web.access import need_list
from coordina.web.context import follow_job
from coordina.web.doing import Done, carry_out, tell
from coordina.web.edits import form_of
from coordina.web.formpage import once_given, page_of
from coordina.web.lists import listing_of
from coordina.web.produced import handed_out
from coordina.web.saved.jobs import path_of_file, write_large
from coordina.web.saved.putting import put_answer
from coordina.web.saved.sums import sums_context
from coordina.web.saved.workbook import workbook_of

NAMED = ("name", "audience", "shared_team", "shared_role", "pinned")
AT_ONCE = 5000
"""Rows of a workbook that is written while one waits: about a second."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@_get_or_post
def new_view(request: Any, known: RecordType) -> HttpResponse:
    """Keep the list that the address describes under a name."""
    need_list(request.user, known)
    declared, view = of(save_view), type_of(SavedView)
    if not request.user.may(declared.permission):
        raise Forbidden
    form = form_of(request, declared, only=NAMED, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.given() | {"type": known.name, "state": state_in(request.GET)}
        try:
            done = carry_out(declared, data, user=request.user, once=once_given(request))
            return _gone_to(request, done, _address(done.result or _lost()))
        except Refusal as refusal:
            form.told(refusal)
    return page_of(request, declared, view, form, status=422 if request.method == "POST" else 200)


def _lost() -> SavedView:
    raise NotFound


def _address(view: SavedView) -> str:
    from coordina.core.types import TYPES

    return reverse("web:view", args=(TYPES[view.type].url, segment_of(view)))


def _gone_to(request: Any, done: Done, url: str) -> HttpResponse:
    """On to another page with the toast; a dialog makes the whole page go there."""
    tell(request, done)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


DEEDS: dict[str, Callable[..., Any]] = {"save": change_view, "pin": pin_view, "open": open_with}


@require_POST
def view_deed(request: Any, known: RecordType, segment: str, deed: str) -> HttpResponse:
    """Keep the changes in a view, pin it, or let the list open with it."""
    need_list(request.user, known)
    view = find_view(request.user, known, parse_id(segment.partition("-")[0]) or 0)
    if deed not in DEEDS:
        raise NotFound
    given: dict[str, dict[str, Any]] = {
        "save": {"state": state_in(request.POST)},
        "pin": {"pinned": request.POST.get("pinned") == "true"},
        "open": {"on": request.POST.get("on") == "true"},
    }
    version = parse_id(request.POST.get("version", "")) if deed == "save" else None
    done = carry_out(of(DEEDS[deed]), given[deed], user=request.user, pk=view.pk, version=version)
    return _gone_to(request, done, _address(view))


@require_safe
def sums_fragment(request: Any, known: RecordType) -> HttpResponse:
    """How many records there are and what they sum up to, where the page itself stopped counting."""
    listing = listing_of(request, known)
    if not request.headers.get("HX-Request"):
        return redirect(listing.url())
    return render(request, "web/saved/sums.html", sums_context(listing))


@require_safe
def workbook(request: Any, known: RecordType) -> HttpResponseBase:
    """The list as a workbook for spreadsheets; one of many rows is written in the background."""
    listing = listing_of(request, known)
    if not listing.error and bounded_count(listing.source, AT_ONCE)[1]:
        job = write_large.using(by=request.user.pk).enqueue(
            request.user.pk, known.name, request.GET.urlencode(), secrets.token_urlsafe(18)
        )
        follow_job(request, int(job.id))
        return redirect("web:job", int(job.id))
    return _workbook_answer(known, workbook_of(listing))


@require_safe
def workbook_file(request: Any, known: RecordType, token: str) -> HttpResponseBase:
    """A workbook that was written in the background, for whoever asked for it."""
    need_list(request.user, known)
    place = path_of_file(request.user.pk, token)
    if place is None:
        raise NotFound
    return handed_out(place, _workbook_name(known), XLSX)


def _workbook_answer(known: RecordType, file: IO[bytes]) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=_workbook_name(known), content_type=XLSX)


def _workbook_name(known: RecordType) -> str:
    return f"{known.url}-{timezone.localdate().isoformat()}.xlsx"


@_get_or_post
def put_page(request: Any, known: RecordType, pk: int, name: str) -> HttpResponse:
    """Put one field of a record: from a board, a calendar, or a small form."""
    return put_answer(request, known, pk, name)
