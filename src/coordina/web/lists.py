"""Lists: `/companies/`, their saved views, their export, and the records a field may be filled with."""

from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordina.core.addresses import address
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import RecordType
from coordina.records.models import Layout, SavedView
from coordina.records.saved_views import Found, find_view, views_for
from coordina.records.vocabularies import vocabulary_of
from coordina.web.access import need_list
from coordina.web.conditions import read_condition
from coordina.web.exporting import csv_lines
from coordina.web.listbits import options_html
from coordina.web.listing import Listing, read_listing
from coordina.web.listpage import capital, context_of
from coordina.web.lookups import lookup
from coordina.web.preferences import column_choice, remember_columns
from coordina.web.saved.boards import column_context
from coordina.web.sentences import put, reference_options

ALL = "all"
"""Segment of the list without a view, where the plain address opens with one."""


def listing_of(request: Any, known: RecordType, view: SavedView | None = None) -> Listing:
    """The list that an address asks for.

    Raises:
        NotFound, Forbidden: For types that have no list, or none for this person.
    """
    need_list(request.user, known)
    remembered = column_choice(request, known) if view is None else ""
    return read_listing(known, request.GET, request.user, request.asker, request.formats, remembered, view)


@require_safe
def list_page(request: Any, known: RecordType) -> HttpResponse:
    """The records of a type, as the address asks for them; where it asks for nothing, with the first view."""
    need_list(request.user, known)
    found = views_for(request.user, known)
    first = next((v for v in found.views if v.pk == found.first), None) if not request.GET else None
    return _shown(request, known, found, first)


@require_safe
def view_page(request: Any, known: RecordType, segment: str) -> HttpResponse:
    """The records of a saved view, with what the address changes of it."""
    need_list(request.user, known)
    found = views_for(request.user, known)
    if segment == ALL:
        return _shown(request, known, found, None)
    number = segment.partition("-")[0]
    view = next((v for v in found.views if str(v.pk) == number), None)
    if view is None:
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise NotFound
        view = find_view(request.user, known, int(number))
    return _shown(request, known, found, view)


def _shown(request: Any, known: RecordType, found: Found, view: SavedView | None) -> HttpResponse:
    listing = listing_of(request, known, view)
    if found.first and view is None:
        listing.home = address("web:view", known.url, ALL)
    if request.GET.get("field") and not listing.error:
        return _with_condition(request, listing, found)
    if (column := request.GET.get("column", "")) and listing.layout == Layout.BOARD and not listing.error:
        return _more_cards(request, listing, column)
    values = context_of(request, listing, found=found)
    response = render(request, values["template"], values, status=400 if listing.error else 200)
    if "cols" in request.GET and view is None:
        remember_columns(response, known, request.user, listing.cols_text)
    return response


def _more_cards(request: Any, listing: Listing, column: str) -> HttpResponse:
    """Further cards of a column: list items for scripts, a page of their own without."""
    values = column_context(listing, column) | {"title": capital(listing.known.plural)}
    scripted = request.headers.get("HX-Request")
    return render(request, "web/saved/cards.html" if scripted else "web/saved/column.html", values)


def _with_condition(request: Any, listing: Listing, found: Found) -> HttpResponse:
    """A filled condition becomes part of the filter, and the address says so; a wrong value leaves its form open."""
    about = vocabulary_of(listing.known).known_to(request.user).get(request.GET["field"])
    if about is None:
        return redirect(listing.url())
    asked = request.GET
    try:
        test = read_condition(about, asked.get("op", ""), asked.getlist("value"), request.formats)
    except Refusal as wrong:
        values = context_of(
            request, listing, found=found, add=about.name, wrong=str(wrong), typed=asked.get("value", "")
        )
        return render(request, values["template"], values, status=422)
    return redirect(listing.url(node=put(listing, test, asked.get("at", ""), asked.get("join", ""))))


@require_safe
def options(request: Any, known: RecordType, name: str) -> HttpResponse:
    """What a quick filter on a reference offers; fetched when its list opens."""
    view = None
    if number := request.GET.get("view", ""):
        need_list(request.user, known)
        view = find_view(request.user, known, int(number)) if number.isdigit() and len(number) < 18 else None
    return HttpResponse(options_html(reference_options(listing_of(request, known, view), name)))


@require_safe
def export(request: Any, known: RecordType) -> StreamingHttpResponse:
    """The list as a CSV file."""
    listing = listing_of(request, known)
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
