"""Proofs of who somebody is: the second step of signing in, and the same again before delicate pages."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from coordina.accounts import session, trail
from coordina.accounts.actions import check_current
from coordina.accounts.factors import app, paper, passkeys
from coordina.accounts.models import Happening, User
from coordina.accounts.throttle import limits_of_factor, release, reserve
from coordina.core.refusals import Refusal
from coordina.web.accounts.entry import is_own_path

type View = Callable[..., HttpResponseBase]


def check_code(request: Any, user: User, *, code: str = "", written: str = "", at: datetime) -> str:
    """Check a code of the app, or one that was written on paper, within the throttle.

    Args:
        request: From where.
        user: Who has given the first proof.
        code: Six digits of the app.
        written: A recovery code; counts when there is no other.
        at: When.

    Returns:
        Which of them it was: `app` or `code`.

    Raises:
        Refusal: With code `throttled` (status 429) or `code`.
    """
    place = trail.where(request)
    limits = limits_of_factor(user.pk, place.address)
    reserve(limits, at)
    if code and app.accepts(user, code, at=at):
        release(limits)
        return "app"
    if not code and paper.use(user, written, at=at):
        release(limits)
        trail.note(Happening.CODE_USED, user, how="code", place=place, at=at)
        return "code"
    trail.note(Happening.FAILED, user, how="app" if code else "code", place=place, at=at)
    if code:
        message = _("This is not the code that the app shows now, or it was used already. Wait for the next one.")
        raise Refusal("code", message, field="code")
    raise Refusal("code", _("This is not one of your recovery codes, or it was used already."), field="written")


def passkey_again(request: Any, answer: str) -> str:
    """Check the passkey of somebody who is signed in. Gives which proof it was.

    Raises:
        Refusal: With code `passkey`.
    """
    passkeys.answered(request, passkeys.AGAIN, answer, at=request.asker.now, user=request.user)
    return "passkey"


def check_again(request: Any, *, password: str = "", code: str = "") -> str:
    """Check the password, or a code of the app, of somebody who is signed in. Gives which it was.

    Raises:
        Refusal: With code `throttled` (status 429), `current` or `code`.
    """
    at = request.asker.now
    if code:
        return check_code(request, request.user, code=code, at=at)
    try:
        check_current(request.user, password, address=request.META.get("REMOTE_ADDR", ""), at=at)
    except Refusal as refusal:
        raise Refusal(
            refusal.code, refusal.message, field=refusal.field and "password", status=refusal.status
        ) from None
    return "password"


def fresh(view: View) -> View:
    """Open a page only to who has shown a short while ago who they are; others are asked again, then come back."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **given: Any) -> HttpResponseBase:
        return view(request, *args, **given) if session.proved(request) else to_confirm(request)

    return guarded


def to_confirm(request: Any) -> HttpResponse:
    """Lead to the page that asks again, with the way back: what cannot be sent again leads to where it came from."""
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD") or request.headers.get("HX-Request"):
        came = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
        path = came.path + (f"?{came.query}" if came.query else "")
        back = path if is_own_path(path, request) else reverse("web:security")
    url = f"{reverse('web:confirm')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
