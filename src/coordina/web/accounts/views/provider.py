"""Signing in with the company's provider: the way there, and the way back."""

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coordina.accounts import session, trail
from coordina.accounts.models import Happening
from coordina.accounts.provider import flow
from coordina.accounts.provider.checking import Untrue
from coordina.accounts.provider.configured import Provider, provider
from coordina.accounts.provider.flow import Came
from coordina.accounts.provider.matching import known, two_factors
from coordina.accounts.provider.wire import Unreachable
from coordina.core.refusals import NotFound, Refusal
from coordina.web.accounts.arriving import arrived, back_address
from coordina.web.accounts.entry import way_on

log = logging.getLogger(__name__)


@never_cache
@require_safe
def go(request: Any) -> HttpResponse:
    """Lead to the provider: to sign in, or to show once more who one is."""
    ours = _ours()
    again = bool(request.user.is_authenticated)
    try:
        return redirect(flow.way_there(request, ours, back=back_address(), next_=way_on(request), again=again))
    except Unreachable as fault:
        log.warning("provider unreachable: %s", fault)
        messages.error(request, _("%(name)s does not answer. Try again in a moment.") % {"name": ours.label})
        return redirect("web:confirm" if again else "web:sign_in")


@never_cache
@require_safe
def back(request: Any) -> HttpResponse:
    """Take who comes back from the provider in."""
    ours = _ours()
    try:
        came = flow.came_back(request, ours, request.GET.dict())
        return _again(request, ours, came) if came.again else _in(request, ours, came)
    except (Untrue, Unreachable) as fault:
        log.warning("provider refused: %s", fault)
        message = _("%(name)s did not let you in. Try again.") % {"name": ours.label}
    except Refusal as refusal:
        message = str(refusal)
    trail.note(Happening.FAILED, None, how="provider", place=trail.where(request))
    messages.error(request, message)
    return redirect("web:security" if request.user.is_authenticated else "web:sign_in")


def _in(request: Any, ours: Provider, came: Came) -> HttpResponse:
    """Let in who is known, or becomes known; to the second step where the provider did not ask for two factors."""
    user = arrived(ours, came.claims, at=timezone.now())
    if two_factors(ours, came.claims):
        session.start(request, user, how="provider", complete=True)
        return redirect(came.next)
    whole = session.begin(request, user, how="provider", way_on=came.next)
    return redirect(came.next if whole else "web:second_step")


def _again(request: Any, ours: Provider, came: Came) -> HttpResponse:
    """Note that somebody who is signed in has shown again who they are."""
    user = known(ours, came.claims)
    if user is None or not request.user.is_authenticated or user.pk != request.user.pk:
        raise Untrue("somebody else came back")
    session.prove(request, "provider")
    return redirect(came.next)


def _ours() -> Provider:
    found = provider()
    if found is None:
        raise NotFound
    return found
