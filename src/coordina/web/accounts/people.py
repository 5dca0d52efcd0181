"""What pages about one user need: finding the user for an action, and carrying it out."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from coordina.accounts.models import User
from coordina.core.actions import check_state, of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Conflict, Forbidden, NotFound, Refusal
from coordina.core.types import type_of
from coordina.web.access import find, reaches
from coordina.web.accounts.forms import Refusable
from coordina.web.doing import carry_out, tell


def user_for(request: Any, pk: int, fn: Callable[..., Any]) -> User:
    """The user an action is about.

    Raises:
        NotFound: When the person may not see them.
        Forbidden: When the action's permission does not reach them.
        Refusal: When their access does not allow it.
    """
    user: User = find(request.user, type_of(User), pk)
    declared = of(fn)
    if not reaches(request.user, declared.permission, user):
        raise Forbidden
    check_state(declared, user)
    return user


def done_with(request: Any, user: User, fn: Callable[..., Any], form: Refusable) -> HttpResponse | None:
    """Carry an action out with what a form says; None where the form has to be shown again.

    Raises:
        Forbidden, NotFound: As the action says.
    """
    if not form.is_valid():
        return None
    version = request.POST.get("version", "")
    seen = parse_id(version)
    try:
        done = carry_out(of(fn), form.cleaned_data, user=request.user, pk=user.pk, version=seen)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        form.told(Refusal("conflict", refusal.message) if isinstance(refusal, Conflict) else refusal)
        return None
    tell(request, done)
    return redirect("web:detail", "users", user.pk)


def whole_page(request: Any) -> HttpResponse | None:
    """A link that opens dialogs came here: the page is opened instead."""
    if request.headers.get("HX-Target") == "dialog-host" and request.method == "GET":
        return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
    return None
