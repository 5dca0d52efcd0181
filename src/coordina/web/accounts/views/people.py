"""Giving access, setting passwords, ending access: pages in place of the usual form of an action."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from coordina.accounts.actions import MANAGE_ACCESS, deactivate, give_access, set_password
from coordina.accounts.models import User
from coordina.accounts.passwords import suggestion
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.web.access import find, reaches
from coordina.web.accounts.forms import AccessForm, NewPasswordForm, Refusable
from coordina.web.accounts.handover import Share, hand_over, read_choice, runs_about, shares_of, successors
from coordina.web.accounts.people import done_with, user_for, whole_page

type People = list[tuple[int, str]]

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters("password")
@_get_or_post
def access_page(request: Any, pk: int) -> HttpResponse:
    """Let a person sign in: their e-mail and a first password, already proposed."""
    user = user_for(request, pk, give_access)
    form = AccessForm(request.POST or None, initial={"email": user.email, "password": suggestion()})
    answer = whole_page(request) or (done_with(request, user, give_access, form) if request.POST else None)
    values = {"person": user, "form": form, "page": "access"}
    return answer or render(request, "web/accounts/access.html", values, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@_get_or_post
def password_page(request: Any, pk: int) -> HttpResponse:
    """Set a new password for a person who forgot theirs."""
    user = user_for(request, pk, set_password)
    form = NewPasswordForm(request.POST or None, initial={"password": suggestion()})
    answer = whole_page(request) or (done_with(request, user, set_password, form) if request.POST else None)
    values = {"person": user, "form": form, "page": "password"}
    return answer or render(request, "web/accounts/access.html", values, status=422 if form.errors else 200)


@_get_or_post
def deactivate_page(request: Any, pk: int) -> HttpResponse:
    """End a person's access, and say who takes over what they look after."""
    user = user_for(request, pk, deactivate)
    form = Refusable(request.POST or None)
    shares, people = shares_of(user, request.asker), successors(user, request.user)
    answer = whole_page(request)
    if answer is None and request.POST:
        answer = _ended(request, user, form, shares, people)
    values = {"person": user, "form": form, "shares": shares, "people": people}
    return answer or render(request, "web/accounts/deactivate.html", values, status=422 if form.errors else 200)


def _ended(request: Any, user: User, form: Refusable, shares: list[Share], people: People) -> HttpResponse | None:
    """End the access, then begin to hand over; None where the form has to be shown again."""
    try:
        chosen = read_choice(request.POST, shares, {pk for pk, _name in people})
    except Refusal as refusal:
        form.told(refusal)
        return None
    answer = done_with(request, user, deactivate, form)
    if answer is not None and chosen:
        hand_over(user, request.user, shares, chosen)
        return redirect("web:user_hand_over", user.pk)
    return answer


@_get_or_post
def hand_over_page(request: Any, pk: int) -> HttpResponse:
    """Hand over what somebody looks after, whether they keep their access or not."""
    user: User = find(request.user, type_of(User), pk)
    if not reaches(request.user, MANAGE_ACCESS, user):
        raise Forbidden
    form = Refusable(request.POST or None)
    shares, people = shares_of(user, request.asker), successors(user, request.user)
    if request.POST:
        try:
            hand_over(user, request.user, shares, read_choice(request.POST, shares, {key for key, _name in people}))
            return redirect("web:user_hand_over", user.pk)
        except Refusal as refusal:
            form.told(refusal)
    values = {"person": user, "form": form, "shares": shares, "people": people}
    values["runs"] = runs_about(user, request.user)
    return render(request, "web/accounts/hand_over.html", values, status=422 if form.errors else 200)
