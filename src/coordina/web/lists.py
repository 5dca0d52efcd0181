"""Lists: `/companies/`, their export, and the records a field may be filled with."""

from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordina.core.refusals import Refusal
from coordina.core.types import RecordType
from coordina.records.vocabularies import vocabulary_of
from coordina.web.access import need_list
from coordina.web.conditions import read_condition
from coordina.web.exporting import csv_lines
from coordina.web.listbits import options_html
from coordina.web.listing import Listing, read_listing
from coordina.web.listpage import context_of
from coordina.web.lookups import lookup
from coordina.web.preferences import column_choice, remember_columns
from coordina.web.sentences import put, reference_options


def _listing(request: Any, known: RecordType) -> Listing:
    need_list(request.user, known)
    return read_listing(known, request.GET, request.user, request.asker, request.formats, column_choice(request, known))


@require_safe
def list_page(request: Any, known: RecordType) -> HttpResponse:
    """The records of a type, as the address asks for them."""
    listing = _listing(request, known)
    if request.GET.get("field") and not listing.error:
        return _with_condition(request, listing)
    response = render(
        request, "web/generic/list.html", context_of(request, listing), status=400 if listing.error else 200
    )
    if "cols" in request.GET:
        remember_columns(response, known, request.user, listing.names)
    return response


def _with_condition(request: Any, listing: Listing) -> HttpResponse:
    """A filled condition becomes part of the filter, and the address says so; a wrong value leaves its form open."""
    about = vocabulary_of(listing.known).known_to(request.user).get(request.GET["field"])
    if about is None:
        return redirect(listing.url())
    at = request.GET.get("at", "")
    try:
        test = read_condition(about, request.GET.get("op", ""), request.GET.getlist("value"), request.formats)
    except Refusal as wrong:
        values = context_of(request, listing, add=about.name, wrong=str(wrong), typed=request.GET.get("value", ""))
        return render(request, "web/generic/list.html", values, status=422)
    return redirect(listing.url(node=put(listing, test, at)))


@require_safe
def options(request: Any, known: RecordType, name: str) -> HttpResponse:
    """What a quick filter on a reference offers; fetched when its list opens."""
    return HttpResponse(options_html(reference_options(_listing(request, known), name)))


@require_safe
def export(request: Any, known: RecordType) -> StreamingHttpResponse:
    """The list as a CSV file."""
    listing = _listing(request, known)
    day = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        csv_lines(listing),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{known.url}-{day}.csv"'},
    )


@require_safe
def lookup_json(request: Any, known: RecordType) -> JsonResponse:
    """Records that a reference may name, for what was typed so far."""
    return JsonResponse({"items": lookup(request.user, known, request.GET.get("q", ""))})
