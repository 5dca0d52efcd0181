"""Passkeys: what the browser asks for, and what it brings back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from coordina.accounts import session, trail
from coordina.accounts.factors import changing, passkeys
from coordina.accounts.models import Happening, User
from coordina.accounts.signin import SignInBackend, may_use_password
from coordina.accounts.throttle import limits_of_address, release, reserve
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound, Refusal
from coordina.web.accounts.browsers import browser_of
from coordina.web.accounts.entry import way_on
from coordina.web.accounts.proving import fresh
from coordina.web.accounts.views.security import shown


@never_cache
@require_POST
@fresh
def ask_to_add(request: Any) -> HttpResponse:
    """What the browser needs to make a key."""
    try:
        return JsonResponse(passkeys.ask_to_add(request, request.user))
    except Refusal as refusal:
        return JsonResponse({"message": str(refusal)}, status=refusal.status)


@never_cache
@require_POST
@fresh
def add(request: Any) -> HttpResponse:
    """Keep the key that the browser made."""
    name = " ".join(request.POST.get("name", "").split()) or browser_of(request.headers.get("User-Agent", ""))
    try:
        codes = passkeys.add(request, request.user, request.POST.get("credential", ""), name, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("web:security")
    return shown(request, codes, _("The passkey is added."))


@require_POST
def rename(request: Any) -> HttpResponse:
    """Call one of the own keys something else."""
    name = " ".join(request.POST.get("name", "").split())
    if not passkeys.rename(request.user, parse_id(request.POST.get("passkey", "")) or 0, name):
        raise NotFound
    messages.success(request, _("Saved: %(title)s") % {"title": name})
    return redirect("web:security")


@require_POST
@fresh
def remove(request: Any) -> HttpResponse:
    """Take one of the own passkeys away."""
    pk = parse_id(request.POST.get("passkey", "")) or 0
    changing.remove_key(request.user, pk, at=request.asker.now, place=trail.where(request))
    session.keep(request)
    messages.success(request, _("The passkey no longer opens Coordina. Delete it on the device, too."))
    return redirect("web:security")


@never_cache
@require_POST
def ask(request: Any) -> HttpResponse:
    """What the browser needs to have a challenge signed: alone, as the second step, or once more."""
    what, user = _wanted(request)
    return JsonResponse(passkeys.ask(request, what, user))


@never_cache
@require_POST
def sign_in(request: Any) -> HttpResponse:
    """Sign in with a passkey: alone, or as the second step."""
    what, half = _wanted(request)
    back = "web:second_step" if half is not None else "web:sign_in"
    limits = limits_of_address(request.META.get("REMOTE_ADDR", ""))
    try:
        reserve(limits, timezone.now())
        found = passkeys.answered(request, what, request.POST.get("credential", ""), at=timezone.now(), user=half)
    except Refusal as refusal:
        trail.note(Happening.FAILED, half, how="passkey", place=trail.where(request))
        messages.error(request, str(refusal))
        return redirect(back)
    release(limits)
    if half is not None:
        return redirect(session.finish(request, half, how="passkey"))
    return _alone(request, found)


def _alone(request: Any, found: int) -> HttpResponse:
    """Let in who unlocked the device for this, where nothing else is asked of them."""
    user = SignInBackend().get_user(found)
    if user is None or not may_use_password(user):
        messages.error(request, _("This passkey opens nothing here."))
        return redirect("web:sign_in")
    way = way_on(request)
    session.start(request, user, remember=request.POST.get("remember") == "on", how="passkey", complete=True)
    return redirect(way)


def _wanted(request: Any) -> tuple[str, User | None]:
    """What a passkey would be for in this session, and whose it has to be."""
    if request.user.is_authenticated:
        return passkeys.AGAIN, request.user
    half = session.half_of(request)
    return (passkeys.SECOND, half[0]) if half is not None else (passkeys.FIRST, None)
