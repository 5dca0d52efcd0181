"""The two addresses for programs that watch the installation. They say nothing that is not in one word."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from coordina.web.system.readiness import in_order, readiness_lately


@require_safe
def health(request: Any) -> HttpResponse:
    """That the program answers; no database is asked."""
    return _unstored(JsonResponse({"status": "ok"}))


@require_safe
def ready(request: Any) -> HttpResponse:
    """Whether the installation can do its work: 200, else 503, and of each part whether it holds."""
    found = readiness_lately()
    whole = in_order(found)
    return _unstored(JsonResponse({"status": "ready" if whole else "not ready", **found}, status=200 if whole else 503))


def _unstored(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


ANSWERS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/health/": health, "/ready/": ready}


class ProbeMiddleware:
    """Answers both before session, visitor and company are looked for, which would need the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or pass on."""
        return ANSWERS.get(request.path_info, self.get_response)(request)
