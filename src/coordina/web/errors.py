"""From a refusal to an answer, in one place; and the pages of the usual errors."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from coordina.core.outages import OUTAGE, retry_after
from coordina.core.refusals import Refusal
from coordina.core.storing.stores import FilesAway

TEMPLATES = {400: "400.html", 403: "403.html", 404: "404.html", 409: "web/409.html", 429: "400.html"}


def answer_to(request: Any, refusal: Refusal) -> HttpResponse:
    """The answer to something that may not be done: a page, a fragment or JSON, as the request asked.

    Args:
        request: With `user` and `formats`.
        refusal: Its status, code and sentence.
    """
    if _wants_json(request):
        return JsonResponse(
            {"code": refusal.code, "message": str(refusal), "errors": refusal.errors}, status=refusal.status
        )
    if request.headers.get("HX-Request"):
        return _fragment(request, refusal)
    status = refusal.status if refusal.status in TEMPLATES else 400
    values = {"message": str(refusal), "back_url": _back(request)}
    return render(request, TEMPLATES[status], values, status=refusal.status)


def _fragment(request: Any, refusal: Refusal) -> HttpResponse:
    return TemplateResponse(
        request, "web/generic/refused.html", {"message": str(refusal)}, status=409 if refusal.status == 409 else 422
    ).render()


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "").split(",")[0]


def _back(request: HttpRequest) -> str:
    """The page one came from, if it is ours."""
    from django.utils.http import url_has_allowed_host_and_scheme

    url = request.headers.get("Referer", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or a form that makes no sense."""
    return render(request, "400.html", {"message": _("This address cannot be read.")}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the role does not allow it."""
    return render(request, "403.html", {"message": ""}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: missing and invisible alike."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; 503 while database or files are away. The page asks nothing of the database."""
    fault = sys.exception()
    if isinstance(fault, OUTAGE):
        away = "files" if isinstance(fault, FilesAway) else "database"
        answer = render(request, "500.html", {"away": away}, status=503)
        answer.headers["Retry-After"] = str(retry_after(fault))
        return answer
    return render(request, "500.html", status=500)
