"""The pages that explain the door to people who write programs."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordina.accounts.key_writers import MAKE
from coordina.api import explained, openapi
from coordina.core.refusals import NotFound


@require_safe
def docs(request: Any) -> HttpResponse:
    """How to begin, what holds everywhere, and what there is."""
    document = openapi.document(request.user)
    values = {
        "base": request.build_absolute_uri("/api/v1"),
        "mcp": request.build_absolute_uri("/mcp"),
        "groups": explained.groups(document),
        "problems": explained.PROBLEMS,
        "may_make": request.user.may(MAKE),
    }
    return render(request, "api/docs.html", values)


@require_safe
def docs_of(request: Any, tag: str) -> HttpResponse:
    """All operations on one kind of record."""
    document = openapi.document(request.user)
    group = next((each for each in explained.groups(document) if each.tag == tag), None)
    if group is None:
        raise NotFound
    values = {
        "base": request.build_absolute_uri("/api/v1"),
        "group": group,
        "operations": explained.operations(document, tag),
        "fields": explained.fields_of(document, tag),
        "groups": explained.groups(document),
    }
    return render(request, "api/kind.html", values)


@require_safe
def openapi_file(request: Any) -> HttpResponse:
    """The document itself, to be kept."""
    answer = JsonResponse(openapi.document(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="coordina-openapi.json"'
    return answer
