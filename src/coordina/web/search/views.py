"""Finding records of all types by their words, and the palette."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coordina.accounts.models import User
from coordina.core.references import find_reference
from coordina.core.types import TYPES, RecordType
from coordina.records.search import Hit, search
from coordina.web.search.facts import facts_of
from coordina.web.search.palette import asked, palette_html, preview_values

PAGE = 40


@require_safe
def search_page(request: Any) -> HttpResponse:
    """What was found, by type; the reference of one record goes straight to it."""
    typed = request.GET.get("q", "").strip()[:200]
    query = asked(typed)
    only = [t for t in TYPES if t.name == request.GET.get("type")] or query.types
    answer = search(query.text, request.user, only=only, limit=PAGE)
    hits = answer.hits
    if find_reference(query.text) and len(hits) == 1 and not answer.near:
        return redirect("web:detail", hits[0].type.url, hits[0].pk)
    context = {"query": typed, "search_query": typed, "groups": _grouped(hits, request.user), "near": answer.near}
    return render(request, "web/search/page.html", context | {"more": len(hits) == PAGE})


@require_safe
def palette(request: Any) -> HttpResponse:
    """The list of the palette."""
    return HttpResponse(palette_html(request.user, request.GET.get("q", ""), request.GET.get("on", "")[:500]))


@require_safe
def preview(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """The key facts of a record beside the palette's list."""
    return render(request, "web/search/preview.html", preview_values(request, known, pk))


def _grouped(hits: Sequence[Hit], user: User) -> list[tuple[RecordType, list[tuple[Hit, str, str]]]]:
    """Hits by type, in the order in which the types were first met, each with its address and one fact."""
    facts = facts_of(hits, user)
    found: dict[str, list[tuple[Hit, str, str]]] = {}
    for hit in hits:
        url = reverse("web:detail", args=(hit.type.url, hit.pk))
        found.setdefault(hit.type.name, []).append((hit, url, facts.get((hit.type.name, hit.pk), "")))
    return [(TYPES[name], lines) for name, lines in found.items()]
