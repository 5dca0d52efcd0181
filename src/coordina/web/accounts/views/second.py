"""The second step of signing in, and the page that asks again who one is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from coordina.accounts import session
from coordina.accounts.factors import paper
from coordina.accounts.factors.held import held_by
from coordina.accounts.passwords import has_password
from coordina.accounts.provider.configured import provider
from coordina.core.refusals import Refusal
from coordina.web.accounts.entry import way_on
from coordina.web.accounts.factor_forms import AgainForm, CodeForm
from coordina.web.accounts.proving import check_again, check_code, passkey_again

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters("code", "written")
@_get_or_post
def second_step(request: Any) -> HttpResponse:
    """Ask who has given the password for the second factor."""
    half = session.half_of(request)
    if half is None:
        return redirect("web:sign_in")
    user, form, status = half[0], CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            how = form.check(lambda **given: check_code(request, user, **given, at=request.asker.now))
            return _in(request, user, how)
        except Refusal as refusal:
            form.told(refusal)
            status = refusal.status
    values = {"form": form, "person": user, "held": held_by(user), "organization": request.organization}
    return render(request, "web/accounts/second.html", values, status=status)


def _in(request: Any, user: Any, how: str) -> HttpResponse:
    """Let in, and remind who has few recovery codes left."""
    way = session.finish(request, user, how=how)
    if how == "code":
        left = paper.left(user)
        messages.warning(request, _("Recovery codes left: %(left)d. Make new ones under “Security”.") % {"left": left})
    return redirect(way)


def _again(request: Any, form: AgainForm) -> str:
    """Which proof somebody gave again.

    Raises:
        Refusal: When it is none.
    """
    answer = request.POST.get("credential", "")
    if answer:
        form.check(lambda **_given: "", empty="")
        return passkey_again(request, answer)
    return form.check(lambda **given: check_again(request, **given))


@never_cache
@sensitive_post_parameters("password", "code")
@_get_or_post
def confirm(request: Any) -> HttpResponse:
    """Ask somebody who is signed in to show again who they are."""
    form, status = AgainForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            session.prove(request, _again(request, form))
            return redirect(way_on(request))
        except Refusal as refusal:
            form.told(refusal)
            status = refusal.status
    values = {"form": form, "next": way_on(request), "held": held_by(request.user), "person": request.user}
    values |= {"provider": provider(), "password": has_password(request.user)}
    return render(request, "web/accounts/confirm.html", values, status=status)
