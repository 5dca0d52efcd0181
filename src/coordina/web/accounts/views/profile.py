"""The own profile: name, language, time zone, theme and password."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from coordina.accounts import session
from coordina.accounts.actions import change_password, change_profile, check_current
from coordina.accounts.passwords import has_password
from coordina.activity.mail import configured
from coordina.activity.reading import choices_of
from coordina.core.actions import of
from coordina.core.refusals import Refusal
from coordina.web.accounts.forms import PasswordForm, ProfileForm
from coordina.web.doing import carry_out, tell


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Any) -> HttpResponse:
    """What one says about oneself."""
    form = _profile_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tell(request, carry_out(of(change_profile), form.values, user=request.user))
            return redirect("web:profile")
        except Refusal as refusal:
            form.told(refusal)
    return _page(request, form, PasswordForm())


@never_cache
@sensitive_post_parameters("current", "password")
@require_POST
def password(request: Any) -> HttpResponse:
    """Change one's own password with the current one; sessions elsewhere end."""
    form = PasswordForm(request.POST)
    try:
        if form.is_valid():
            address = request.META.get("REMOTE_ADDR", "")
            check_current(request.user, form.cleaned_data["current"], address=address, at=request.asker.now)
            carry_out(of(change_password), form.cleaned_data, user=request.user)
            session.keep(request)
            messages.success(request, _("Your password is changed. Other devices have to sign in again."))
            return redirect("web:profile")
    except Refusal as refusal:
        form.told(refusal)
        return _page(request, _profile_form(request), form, status=refusal.status)
    return _page(request, _profile_form(request), form)


def _profile_form(request: Any, data: Any = None) -> ProfileForm:
    user, company = request.user, request.organization
    return ProfileForm(
        data,
        initial={name: getattr(user, name) for name in ("name", "language", "country", "time_zone")},
        company=company,
        formats=request.formats,
    )


def _page(request: Any, form: ProfileForm, password_form: PasswordForm, status: int = 200) -> HttpResponse:
    wrong = form.errors or password_form.errors
    values: dict[str, Any] = {"form": form, "password_form": password_form, "person": request.user}
    values |= {
        "has_password": has_password(request.user),
        "news": choices_of(request.user),
        "mail_server": configured(),
    }
    return render(request, "web/accounts/profile.html", values, status=max(status, 422 if wrong else 200))
