"""The timeline of a record: as a part of its page, as more of it, and as a page of its own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordina.records.narrowing import wanted_of
from coordina.records.panels import timeline_values
from coordina.records.views.acting import page_values, record_at


@require_safe
def timeline(request: Any, url: str, pk: int) -> HttpResponse:
    """One page of a record's feed; a fragment where htmx asks."""
    record = record_at(request.user, url, pk)
    after = request.GET.get("after", "")
    only, narrow = request.GET.get("only", ""), wanted_of(request.GET, request.formats)
    values = timeline_values(record, request.user, request.formats, only=only, after=after, narrow=narrow)
    if not request.headers.get("HX-Request"):
        return render(request, "records/timeline_page.html", values | page_values(record))
    return render(request, f"records/{'entries' if after else 'timeline'}.html", values)
