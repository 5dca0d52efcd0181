"""The page that a customer opens by a link: looked at it changes nothing, only its button confirms the receipt."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordina.accounts.company import company_day, the_company
from coordina.accounts.enums import Language
from coordina.accounts.throttle import reserve
from coordina.core.refusals import Refusal
from coordina.promises import links
from coordina.promises.arriving import confirm, found_by
from coordina.promises.statuspage import shown_to_customer


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def status_page(request: Any, token: str) -> HttpResponse:
    """How far an order is; the token takes the place of a session, so that there is no cookie to protect."""
    link, at = found_by(token), timezone.now()
    if link is None or not links.works(link, company_day(at)):
        return useless(request)
    refused = ""
    if request.method == "POST":
        try:
            confirm(link, at)
        except Refusal as refusal:
            refused = str(refusal)
    language = tongue_of(request, link.language)
    with translation.override(language):
        values = shown_to_customer(link.order, language) | {"token": token, "refused": refused}
        return answered(request, "promises/status.html", values, language)


def useless(request: Any) -> HttpResponse:
    """The same answer for a link that nobody made, that was withdrawn and that is over: it tells nobody which."""
    status = 410
    try:
        reserve(links.limits_of(request.META.get("REMOTE_ADDR", "")), timezone.now())
    except Refusal:
        status = 429
    language = tongue_of(request, translation.get_language() or "es")
    with translation.override(language):
        return answered(request, "promises/useless.html", {}, language, status)


def tongue_of(request: Any, usual: str) -> str:
    """The language that the reader chose on the page, else the usual one."""
    asked = request.GET.get("lang", "")
    return asked if asked in Language.values else usual


def answered(request: Any, template: str, values: dict[str, Any], language: str, status: int = 200) -> HttpResponse:
    """A page that no search engine lists, no cache keeps, and no other site learns the address of."""
    other = Language.EN if language.startswith("es") else Language.ES
    tongues = [(other.value, other.label)]
    page = {"company": the_company(), "tongues": tongues, **values}
    answer = render(request, template, page, status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Language"] = language
    return answer
