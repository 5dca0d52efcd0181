"""The own tokens: by which programs act for a person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from coordina.accounts import session
from coordina.accounts import tokens as secrets
from coordina.accounts.actions import check_current
from coordina.accounts.company import company_day
from coordina.accounts.key_writers import MAKE, end_token, make_token
from coordina.accounts.models import Token
from coordina.accounts.passwords import has_password
from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES
from coordina.web.accounts.forms import TokenForm
from coordina.web.accounts.proving import to_confirm
from coordina.web.doing import carry_out, tell
from coordina.web.formpage import once_of


@never_cache
@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Any) -> HttpResponse:
    """The own tokens, and a form that makes one; its secret is shown in the answer and never again."""
    if not request.user.may(MAKE):
        raise Forbidden
    today = company_day(request.asker.now)
    usual = {"expires_on": request.formats.figures(secrets.usual_end(today))}
    form = TokenForm(request.POST or None, initial=usual, user=request.user, formats=request.formats)
    made, status = None, 200
    if not has_password(request.user) and not session.proved(request):
        return to_confirm(request)
    if request.method == "POST":
        made, status = _made(request, form)
    values = {
        "form": TokenForm(None, initial=usual, user=request.user, formats=request.formats) if made else form,
        "rows": _rows(request),
        "made": made,
    }
    values |= {"once": once_of(request) if not made else "", "base_url": request.build_absolute_uri("/api/v1")}
    return render(request, "web/accounts/tokens.html", values, status=status)


def _made(request: Any, form: TokenForm) -> tuple[Token | None, int]:
    """The token that a form asks for, with its secret; None where the form has to be shown again."""
    if not form.is_valid():
        return None, 422
    try:
        if "current" in form.cleaned_data:
            address = request.META.get("REMOTE_ADDR", "")
            check_current(request.user, form.cleaned_data["current"], address=address, at=request.asker.now)
        done = carry_out(of(make_token), form.values, user=request.user, once=once_of(request))
    except Refusal as refusal:
        form.told(refusal)
        return None, refusal.status
    return done.result, 200


def _rows(request: Any) -> list[dict[str, Any]]:
    """The own tokens, the newest first."""
    own = list(Token.objects.visible_to(request.user).filter(owner=request.user).order_by("-pk"))
    used = secrets.uses([token.pk for token in own])
    formats, today = request.formats, company_day(request.asker.now)
    return [
        {
            "token": token,
            "types": [str(TYPES[name].plural) for name in token.types if name in TYPES],
            "until": formats.date_full(token.expires_on) if token.expires_on else "",
            "over": token.expires_on is not None and token.expires_on < today,
            "used": formats.relative(at, request.asker.now) if (at := used[token.pk].at) else "",
            "address": used[token.pk].address,
        }
        for token in own
    ]


@require_POST
def end(request: Any) -> HttpResponse:
    """End one of the own tokens."""
    pk = parse_id(request.POST.get("token", ""))
    if not Token.objects.visible_to(request.user).filter(owner=request.user, pk=pk or 0).exists():
        raise NotFound
    tell(request, carry_out(of(end_token), {}, user=request.user, pk=pk))
    return redirect("web:tokens")
