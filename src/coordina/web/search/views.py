"""Finding records of all types by their words."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coordina.core.references import find_reference
from coordina.core.types import TYPES, RecordType
from coordina.records.search import Hit, find

PAGE = 40
BOX = 8


@require_safe
def search_page(request: Any) -> HttpResponse:
    """What was found, by type; the reference of one record goes straight to it."""
    query = request.GET.get("q", "").strip()[:200]
    only = [t for t in TYPES if t.name == request.GET.get("type")] or None
    hits = find(query, request.user, only=only, limit=PAGE) if query else []
    if find_reference(query) and len(hits) == 1:
        return redirect("web:detail", hits[0].type.url, hits[0].pk)
    context = {"query": query, "search_query": query, "groups": _grouped(hits, request), "count": len(hits)}
    return render(request, "web/search/page.html", context | {"more": len(hits) == PAGE})


@require_safe
def search_json(request: Any) -> JsonResponse:
    """The first answers, for the box in the top bar."""
    hits = find(request.GET.get("q", "")[:200], request.user, limit=BOX)
    facts = _facts(hits, request)
    items = [
        {"id": h.pk, "label": h.title, "fact": facts.get((h.type.name, h.pk), str(h.type.label)), "url": _url(h)}
        for h in hits
    ]
    return JsonResponse({"items": items})


def _url(hit: Hit) -> str:
    return reverse("web:detail", args=(hit.type.url, hit.pk))


def _grouped(hits: Sequence[Hit], request: Any) -> list[tuple[RecordType, list[tuple[Hit, str, str]]]]:
    """Hits by type, in the order in which the types were first met, each with its address and one fact."""
    facts = _facts(hits, request)
    found: dict[str, list[tuple[Hit, str, str]]] = {}
    for hit in hits:
        line = (hit, _url(hit), facts.get((hit.type.name, hit.pk), ""))
        found.setdefault(hit.type.name, []).append(line)
    return [(TYPES[name], lines) for name, lines in found.items()]


def _facts(hits: Sequence[Hit], request: Any) -> dict[tuple[str, int], str]:
    """The subtitle of each hit, one query a type."""
    found: dict[tuple[str, int], str] = {}
    for known in {h.type.name: h.type for h in hits}.values():
        field = known.fields.get(known.subtitle)
        if field is None or (field.permission and not request.user.may(field.permission)):
            continue
        keys = [h.pk for h in hits if h.type is known]
        rows: Any = known.model.objects.visible_to(request.user).filter(pk__in=keys)
        for pk, fact in rows.values_list("pk", field.title_path or field.path):
            found[known.name, pk] = str(fact or "")
    return found
