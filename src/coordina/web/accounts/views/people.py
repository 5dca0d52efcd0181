"""Giving access, setting passwords, ending access: pages in place of the usual form of an action."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from coordina.accounts.actions import deactivate, give_access, set_password
from coordina.accounts.ownership import owned_by
from coordina.accounts.passwords import suggestion
from coordina.web.accounts.forms import AccessForm, NewPasswordForm, Refusable
from coordina.web.accounts.people import done_with, user_for, whole_page

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
    """End a person's access, with what they own in sight."""
    user = user_for(request, pk, deactivate)
    form = Refusable(request.POST or None)
    answer = whole_page(request) or (done_with(request, user, deactivate, form) if request.POST else None)
    values = {"person": user, "form": form, "owned": owned_by(user, request.user)}
    return answer or render(request, "web/accounts/deactivate.html", values, status=422 if form.errors else 200)
