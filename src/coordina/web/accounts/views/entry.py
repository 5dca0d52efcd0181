"""The way in and out: first run, sign-in, sign-out, and the page that helps a new company to start."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts import session
from coordina.accounts.demo import PASSWORD, sign_ins
from coordina.accounts.factors import passkeys
from coordina.accounts.provider.configured import provider
from coordina.web.accounts.entry import after, begin, enter, need_first_run, way_on
from coordina.web.accounts.forms import FirstRunForm, SignInForm, first_values
from coordina.web.accounts.start import first_steps, way_of_start


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: Any) -> HttpResponse:
    """Sign in by e-mail and password."""
    if request.user.is_authenticated:
        return redirect(way_on(request))
    form, status = SignInForm(request.POST or None), 200
    if request.method == "POST":
        form = SignInForm(request.POST)
        status = enter(request, form)
        if not status:
            return redirect(after(request))
    demo = sign_ins() if request.organization.is_demo else []
    values = {"form": form, "next": way_on(request), "demo": demo, "demo_password": PASSWORD if demo else ""}
    values |= {"organization": request.organization, "host": request.get_host(), "other": _other_language()}
    values |= {"passkeys_possible": passkeys.possible(request), "provider": provider(), "passwords": settings.PASSWORDS}
    return render(request, "web/accounts/sign_in.html", values, status=status)


@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End the session. Only by POST: no picture or link of a stranger signs anybody out."""
    session.end(request)
    return redirect("web:sign_in")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: Any) -> HttpResponse:
    """Set up the company and its administrator; gone as soon as there is one."""
    need_first_run()
    if request.method == "POST":
        form = FirstRunForm(request.POST)
        if begin(request, form):
            response = redirect("web:start")
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
            return response
    else:
        form = FirstRunForm(initial=first_values(request.headers.get("Accept-Language", "")))
    values = {"form": form, "path": way_of_start(), "other": _other_language()}
    return render(request, "web/accounts/first_run.html", values, status=422 if form.errors else 200)


@require_safe
def start(request: Any) -> HttpResponse:
    """The first steps of a new company, with what is done already."""
    return render(request, "web/accounts/start.html", first_steps(request.user))


def _other_language() -> dict[str, str]:
    """The language that the page offers besides its own."""
    if (get_language() or "es").startswith("en"):
        return {"code": "es", "name": "Español"}
    return {"code": "en", "name": "English"}
