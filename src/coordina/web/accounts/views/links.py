"""The pages of invitations, forgotten passwords and sessions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts import tickets
from coordina.accounts.actions import invite, withdraw_invitation
from coordina.accounts.devices import devices_of, end_devices
from coordina.accounts.models import User
from coordina.activity.mail import configured
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Refusal
from coordina.web.accounts import links
from coordina.web.accounts.browsers import browser_of
from coordina.web.accounts.forms import ChooseForm, ForgottenForm, InviteForm
from coordina.web.accounts.people import done_with, user_for, whole_page

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@_get_or_post
def invite_page(request: Any, pk: int) -> HttpResponse:
    """Invite a person, send the link again, copy it, or withdraw it."""
    user = user_for(request, pk, invite)
    form = InviteForm(request.POST or None, initial={"email": user.email})
    answer = whole_page(request) or (_invited(request, user, form) if request.POST else None)
    ticket = tickets.open_invitation(user, at=timezone.now())
    values = {"person": user, "form": form, "ticket": ticket, "mail_server": configured()}
    values |= {"link": links.address_of(ticket) if ticket else ""}
    values |= {"until": request.formats.exact(ticket.expires_at) if ticket else ""}
    return answer or render(request, "web/accounts/invite.html", values, status=422 if form.errors else 200)


def _invited(request: Any, user: User, form: InviteForm) -> HttpResponse | None:
    """Carry out what the page asks for; None where the form has to be shown again."""
    if request.POST.get("do") == "withdraw":
        done_with(request, user, withdraw_invitation, InviteForm.nothing())
    elif done_with(request, user, invite, form) is None:
        return None
    else:
        links.send_invitation(User.objects.for_request().get(pk=user.pk), request.user)
    return redirect("web:user_invite", user.pk)


@never_cache
@_get_or_post
def forgotten(request: Any) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    form, sent, status = ForgottenForm(request.POST or None), False, 200
    if request.method == "POST" and form.is_valid():
        try:
            links.ask_reset(form.cleaned_data["email"], request.META.get("REMOTE_ADDR", ""))
            sent = True
        except Refusal as refusal:
            form.told(refusal)
            status = refusal.status
    values = {"form": form, "sent": sent, "mail_server": configured(), "organization": request.organization}
    return render(
        request, "web/accounts/forgotten.html", values, status=status if not form.errors else max(status, 422)
    )


@never_cache
@require_safe
def access_link(request: Any, token: str) -> HttpResponse:
    """Take a link out of the address before anything else is done with it."""
    request.session[links.HELD] = token[:300]
    request.session.set_expiry(0)
    return redirect("web:choose_password")


@never_cache
@sensitive_post_parameters("password")
@_get_or_post
def choose_password(request: Any) -> HttpResponse:
    """Choose a password with the link one came by."""
    ticket = links.held_ticket(request)
    if ticket is None:
        return render(request, "web/accounts/link_over.html", {"organization": request.organization}, status=410)
    form = ChooseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            links.use(request, ticket, form.cleaned_data["password"])
            messages.success(request, _("Your password is set."))
            return redirect("web:home")
        except Refusal as refusal:
            form.told(refusal)
    values = {"form": form, "person": ticket.user, "invited": ticket.kind == tickets.INVITE}
    values |= {"organization": request.organization}
    return render(request, "web/accounts/choose.html", values, status=422 if form.errors else 200)


@never_cache
@require_safe
def sessions(request: Any) -> HttpResponse:
    """Where one is signed in."""
    here = request.session.session_key
    now = timezone.now()
    rows = [
        {
            "pk": device.pk,
            "browser": browser_of(device.agent),
            "address": device.address,
            "seen": request.formats.relative(device.seen_at, now),
            "began": request.formats.exact(device.began_at),
            "here": device.session_key == here,
        }
        for device in devices_of(request.user)
    ]
    return render(request, "web/accounts/sessions.html", {"rows": rows, "others": sum(not r["here"] for r in rows)})


@require_POST
def end_session(request: Any) -> HttpResponse:
    """End one of one's own sessions, or all others."""
    one = parse_id(request.POST.get("session", ""))
    here = request.session.session_key
    count = end_devices(request.user, only=one, besides=here) if one or request.POST.get("others") else 0
    text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count) % {"count": count}
    messages.success(request, text)
    return redirect("web:sessions")
