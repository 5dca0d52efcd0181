"""Around every page: who is looking, in which language and zone; sign-in by default; refusals become answers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from coordina.accounts import session
from coordina.accounts.company import the_company
from coordina.accounts.session import Nobody, load_user
from coordina.core.filters import Asker
from coordina.core.refusals import Refusal
from coordina.web.accounts.proving import to_confirm
from coordina.web.delicate import is_delicate
from coordina.web.errors import answer_to, bad_request
from coordina.web.public import PUBLIC, WITHOUT_FACTOR
from coordina.web.visitor import setting_of

type Answerer = Callable[[HttpRequest], HttpResponse]


class VisitorMiddleware:
    """Gives the request `user`, `organization`, `formats` and `asker`, and activates language and time zone."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer with language and zone in force."""
        user = load_user(request)
        organization = the_company()
        chosen = setting_of(user, organization, _asked_language(request))
        request.user = user or Nobody()
        request.organization = organization
        request.formats = chosen.formats
        request.asker = Asker(user=request.user, now=timezone.now(), time_zone=chosen.zone)
        with translation.override(chosen.locale), timezone.override(chosen.zone):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen.locale)
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Cookie", "HX-Request"])
            return response


class DoorMiddleware:
    """Lets in who is signed in; the few public pages are listed with their reasons in `public`."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Let pass, or send to the sign-in or first-run page; a zero byte is nothing that anybody looks for."""
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            return bad_request(request, SuspiciousOperation("zero byte"))
        if request.organization is not None and request.user.is_authenticated:
            if session.lacks_factor(request, request.user) and _name(request) not in WITHOUT_FACTOR:
                return _to(request, reverse("web:security"))
            if is_delicate(request) and not session.proved(request):
                return to_confirm(request)
            return self.get_response(request)
        name = _name(request)
        if request.organization is None and name not in ("web:first_run", "web:language"):
            return redirect("web:first_run")
        if name in PUBLIC:
            return self.get_response(request)
        return _to_sign_in(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """Answer every refusal in one place; a bug stays a bug."""
        return answer_to(request, error) if isinstance(error, Refusal) else None


def _name(request: HttpRequest) -> str:
    """The name of the address that was asked for; empty where there is none."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _asked_language(request: HttpRequest) -> str:
    """The cookie, else the browser's wish, as far as we speak it."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in {"es", "es-419", "en"}:
        return chosen
    return translation.get_language_from_request(request)


def _to_sign_in(request: Any) -> HttpResponse:
    """The sign-in page, with the way back; the second step where somebody is on the way to it."""
    if session.is_half(request):
        return _to(request, reverse("web:second_step"))
    back = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else "/"
    url = reverse("web:sign_in") + ("" if back == "/" else "?" + urlencode({"next": back}))
    return _to(request, url)


def _to(request: Any, url: str) -> HttpResponse:
    """Lead to another page; a fragment makes the whole page go there."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
