"""What the pages of the way in do: checking a password, founding a company, and where one goes afterwards."""

from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from coordina.accounts import session
from coordina.accounts.founding import Founding, found
from coordina.accounts.models import Organization, User
from coordina.accounts.signin import SignInBackend, sign_in
from coordina.core.refusals import NotFound, Refusal
from coordina.ledger.change_sets import change_set
from coordina.web.accounts.forms import FirstRunForm, SignInForm

NOT_BACK_TO = {
    *("web:sign_in", "web:sign_out", "web:first_run", "web:language", "web:second_step", "web:confirm"),
    *("web:passkey_ask", "web:passkey_sign_in", "web:passkey_add", "web:passkey_add_ask"),
    *("web:provider", "web:provider_back"),
}
"""Names of the addresses to which nobody is sent back after signing in."""


def way_on(request: Any) -> str:
    """Where to go after signing in: a path of this site, else the start."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_own_path(asked, request) else "/"


def is_own_path(asked: str, request: Any) -> bool:
    """Whether an address is a page of this site that one may be sent to: never another host, script or scheme."""
    if not asked.startswith("/") or asked.startswith(("//", "/\\")) or any(ord(c) < 33 for c in asked):
        return False
    if not url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return False
    try:
        return resolve(urlsplit(asked).path).view_name not in NOT_BACK_TO
    except (Resolver404, ValueError):
        return False


def enter(request: Any, form: SignInForm) -> int:
    """Sign a person in with what the form says.

    Returns:
        0 when it is done as far as a password goes, else the HTTP status of the page that shows the form again.
    """
    if not form.is_valid():
        return 422
    typed = form.cleaned_data
    address = request.META.get("REMOTE_ADDR", "")
    try:
        user = sign_in(request, email=typed["email"], password=typed["password"], address=address)
    except Refusal as refusal:
        form.told(refusal)
        return refusal.status
    session.begin(request, user, remember=typed["remember"], way_on=way_on(request))
    return 0


def after(request: Any) -> str:
    """Where a first proof leads: to the second step where one has a second factor, else to where one wanted to go."""
    return reverse("web:second_step") if session.is_half(request) else way_on(request)


def need_first_run() -> None:
    """Close the first-run page for ever once there is a company.

    Raises:
        NotFound: Then.
    """
    if Organization.objects.exists():
        raise NotFound


def begin(request: Any, form: FirstRunForm) -> bool:
    """Found the company of the form and sign its administrator in; everything or nothing.

    Returns:
        Whether it is done; if not, the form knows why.
    """
    if not form.is_valid():
        return False
    at = timezone.now()
    try:
        with change_set(by=None, at=at, via="web", action="accounts.found_company", undoable=False):
            administrator: User = found(Founding(**form.cleaned_data), at=at)
    except Refusal as refusal:
        if refusal.code == "founded":
            raise NotFound from None
        form.told(refusal)
        return False
    except IntegrityError:  # somebody else founded it at the same moment
        need_first_run()
        raise
    user = SignInBackend().get_user(administrator.pk)
    assert user is not None
    session.start(request, user)
    return True
