"""The own security: what proves a second time who one is, and what happened at the door."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts import session, trail
from coordina.accounts.factors import app, changing
from coordina.accounts.throttle import limits_of_factor, release, reserve
from coordina.core.refusals import Refusal
from coordina.web.accounts.factor_forms import AppForm
from coordina.web.accounts.proving import fresh
from coordina.web.accounts.security import drawn, in_groups, standing


@never_cache
@require_safe
def security(request: Any) -> HttpResponse:
    """The own factors, and the last things that happened at the door."""
    return render(request, "web/accounts/security.html", standing(request))


@require_POST
@fresh
def begin_app(request: Any) -> HttpResponse:
    """Begin to set an app up: its secret is made, and shown on the next page."""
    if app.has_app(request.user):
        return redirect("web:security")
    app.begin(request.user, at=request.asker.now)
    return redirect("web:factor_app")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def factor_app(request: Any) -> HttpResponse:
    """Show the secret of an app that is being set up, and take the code that confirms it."""
    secret = app.secret_begun(request.user)
    if secret is None:
        return redirect("web:security")
    form, status = AppForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            return shown(request, form.check(lambda code: _confirmed(request, code)), _("The app is set up."))
        except Refusal as refusal:
            form.told(refusal)
            status = refusal.status
    values = {"form": form, "qr": drawn(secret, request), "key": in_groups(secret)}
    return render(request, "web/accounts/app.html", values, status=status)


def _confirmed(request: Any, code: str) -> Any:
    """The recovery codes of who confirms an app with its first code, within the throttle."""
    place = trail.where(request)
    limits = limits_of_factor(request.user.pk, place.address)
    reserve(limits, request.asker.now)
    codes = changing.add_app(request.user, code, at=request.asker.now, place=place)
    release(limits)
    return codes


def shown(request: Any, codes: list[str], done: str) -> HttpResponse:
    """What follows a new factor: sessions elsewhere are over; new recovery codes are shown this once."""
    session.keep(request, complete=True)
    messages.success(request, done)
    if not codes:
        return redirect("web:security")
    return render(request, "web/accounts/codes.html", {"codes": codes, "email": request.user.email})


@require_POST
@fresh
def remove_app(request: Any) -> HttpResponse:
    """Take the own app away."""
    changing.remove_app(request.user, at=request.asker.now, place=trail.where(request))
    session.keep(request)
    messages.success(request, _("The app no longer counts."))
    return redirect("web:security")


@never_cache
@require_POST
@fresh
def renew_codes(request: Any) -> HttpResponse:
    """Make new recovery codes and show them this once."""
    codes = changing.renew_codes(request.user, at=request.asker.now, place=trail.where(request))
    return render(request, "web/accounts/codes.html", {"codes": codes, "email": request.user.email, "renewed": True})
