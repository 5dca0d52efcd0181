"""Answers of the public pages: what the browser may do with them, and in which language they are."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.csp import CSP, build_policy

from coordina.accounts.throttle import reserve
from coordina.core.refusals import Invalid, Refusal
from coordina.webforms import marks
from coordina.webforms.models import WebForm
from coordina.webforms.publicform import MARK, TRAP, PublicForm, given_of, origin_of
from coordina.webforms.receiving import Sent, take
from coordina.webforms.rules import origin_of as site_of

LONGEST = 128 * 1024
"""Bytes of one sending."""
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")


def shown(
    request: HttpRequest, form: WebForm | None, name: str, values: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A public page of a form, which its own sites may show inside theirs."""
    embedded = "embedded" in request.GET or bool(request.POST.get("embedded"))
    organization = getattr(request, "organization", None)
    page = {"form_record": form, "embedded": embedded, "organization": organization, **values}
    answer = render(request, f"webforms/{name}.html", page, status=status)
    return allowed(answer, form)


def allowed(answer: HttpResponse, form: WebForm | None) -> HttpResponse:
    """An answer with the policy of a form: everything as strict as elsewhere but who may show it inside a page."""
    sites = form.origins if form is not None else []
    policy: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF, *sites]}
    if form is not None and form.redirect_url:
        policy["form-action"] = [CSP.SELF, site_of(form.redirect_url)]
    answer.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Content-Language"] = form.language if form is not None else (translation.get_language() or "es")
    answer.xframe_options_exempt = True  # type: ignore[attr-defined]  # how Django's own decorator marks it
    return answer


def fits(request: HttpRequest) -> bool:
    """Whether a sending is short enough and of a kind that forms send; asked before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return request.content_type in KINDS and length.isdigit() and int(length) <= LONGEST


def empty_form(request: HttpRequest, form: WebForm) -> HttpResponse:
    """The form, or the thanks after it was sent."""
    if "sent" in request.GET:
        return shown(request, form, "thanks", {"waits": form.double_opt_in, "onward": form.redirect_url})
    drawn = PublicForm(form, at=timezone.now(), origin=origin_of(request.GET))
    return shown(request, form, "form", {"form": drawn, "trap": TRAP, "mark_name": MARK})


def taken(request: HttpRequest, form: WebForm) -> HttpResponse:
    """Take what was sent, and say thanks; or show the form again with what was typed."""
    at = timezone.now()
    if not fits(request):
        return shown(request, form, "closed", {"large": True}, 413)
    given = given_of(form, request.POST, request.META.get("REMOTE_ADDR", ""))
    mark = marks.read(request.POST.get(MARK, ""), form.pk)
    if mark is None:
        return again(request, form, at, note="unmarked")
    try:
        reserve(marks.limits_of(form.pk, given.address), at)
        take(form, given, mark, at)
    except Sent:
        return again(request, form, at, note="sent")
    except (Invalid, Refusal) as refusal:
        return again(request, form, at, refusal=refusal)
    return onward(request, form)


def again(
    request: HttpRequest, form: WebForm, at: Any, *, refusal: Refusal | None = None, note: str = ""
) -> HttpResponse:
    """The form with what was typed, a new mark, and what is wrong."""
    drawn = PublicForm(form, at=at, origin=origin_of(request.POST), data=request.POST)
    if refusal is not None:
        drawn.told(refusal)
        mark = marks.read(request.POST.get(MARK, ""), form.pk)
        drawn.mark = request.POST[MARK] if mark is not None else drawn.mark  # the time that was spent counts
    else:
        drawn.errors.clear()
    values = {"form": drawn, "trap": TRAP, "mark_name": MARK, "note": note}
    return shown(request, form, "form", values, refusal.status if refusal is not None else 200)


def onward(request: HttpRequest, form: WebForm) -> HttpResponse:
    """To the page of the form's own site, or to the thanks; inside another page always to the thanks."""
    embedded = bool(request.POST.get("embedded"))
    inside = f"{request.path}?sent" + ("&embedded" if embedded else "")
    target = form.redirect_url if form.redirect_url and not embedded and not form.double_opt_in else inside
    return allowed(redirect_to(target, form.origins), form)


def redirect_to(url: str, sites: Iterable[str]) -> HttpResponse:
    """A redirect within this site, or to one of the form's own: what was allowed once may be so no more."""
    own = not urlsplit(url).netloc or site_of(url) in {*sites, site_of(settings.BASE_URL)}
    answer = HttpResponse(status=303)
    answer["Location"] = url if own else "/"
    return answer
