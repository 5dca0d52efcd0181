"""Small pages of the shell that belong to no record type."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from coordina.core.refusals import NotFound
from coordina.core.types import RecordType

LANGUAGES = ("es", "es-419", "en")


@require_POST
def language(request: Any) -> HttpResponse:
    """Keep the language a visitor chose before signing in."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.POST.get("language") in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.POST["language"],
            max_age=31_536_000,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def no_board(request: Any, known: RecordType) -> HttpResponse:
    """Types without a board: rooms that have one put its address before this."""
    raise NotFound
