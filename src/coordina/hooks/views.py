"""The pages of webhooks that have a shape of their own: the form, the secret, the log."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.visibility import covers
from coordina.hooks.actions import ADD, CHANGE, OWNER_ONLY, change_webhook, make_webhook
from coordina.hooks.forms import WebhookForm, initial_of
from coordina.hooks.keeping import KEPT, send_again
from coordina.hooks.log import PAGE, body_for, chips_of, line_of, lines_of, recent
from coordina.hooks.models import Delivery, DeliveryState, Webhook
from coordina.hooks.sending import send_sample
from coordina.hooks.signing import line_of as keys_of
from coordina.hooks.signing import reveal, rotate
from coordina.web.accounts.proving import fresh
from coordina.web.doing import carry_out, tell
from coordina.web.formpage import once_of

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def found(request: Any, pk: int, permission: str = "", *, own: bool = False) -> Webhook:
    """A webhook that somebody sees, and may work with.

    Args:
        request: Who asks.
        pk: Its id.
        permission: What they must be allowed besides seeing it.
        own: Whether it has to be theirs.

    Raises:
        NotFound, Forbidden: Otherwise.
    """
    hook = one(Webhook, pk, request.user)
    if hook is None:
        raise NotFound
    if permission and not covers(hook, request.user, permission):
        raise Forbidden
    if own and hook.owner_id != request.user.pk:
        raise Forbidden(OWNER_ONLY)
    return hook


@_get_or_post
@fresh
def new(request: Any) -> HttpResponse:
    """Make a webhook."""
    if not request.user.may(ADD):
        raise Forbidden
    form = WebhookForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            done = carry_out(of(make_webhook), form.values, user=request.user, once=once_of(request))
        except Refusal as refusal:
            form.told(refusal)
        else:
            tell(request, done)
            return redirect("web:detail", "webhooks", done.result.pk)
    values = {"form": form, "once": once_of(request)}
    return render(request, "hooks/form.html", values, status=422 if request.method == "POST" else 200)


@_get_or_post
@fresh
def edit(request: Any, pk: int) -> HttpResponse:
    """Change a webhook."""
    hook = found(request, pk, CHANGE, own=True)
    form = WebhookForm(request.POST or None, initial=initial_of(hook), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            typed = form.values | {"seen": parse_id(request.POST.get("version", ""))}
            done = carry_out(of(change_webhook), typed, user=request.user, pk=pk)
        except Refusal as refusal:
            form.told(refusal)
        else:
            tell(request, done)
            return redirect("web:detail", "webhooks", pk)
    values = {"form": form, "hook": hook}
    return render(request, "hooks/form.html", values, status=422 if request.method == "POST" else 200)


@never_cache
@require_POST
@fresh
def secret(request: Any, pk: int) -> HttpResponse:
    """Show the secret, which happens once, or change it."""
    hook = found(request, pk, CHANGE, own=True)
    line = keys_of(hook.pk)
    changed = request.POST.get("do") == "rotate"
    shown = rotate(line, timezone.now()) if changed else reveal(line)
    return render(request, "hooks/secret.html", {"hook": hook, "secret": shown, "changed": changed})


@require_POST
def test(request: Any, pk: int) -> HttpResponse:
    """Send a sample."""
    hook = found(request, pk, CHANGE, own=True)
    token = send_sample(hook)
    messages.success(request, _("The sample is on its way. What comes of it stands here."))
    return redirect("hooks:delivery", pk, token)


@require_safe
def log(request: Any, pk: int) -> HttpResponse:
    """The deliveries of a webhook, newest first, all or of one state."""
    hook = found(request, pk)
    state, before = request.GET.get("state", ""), parse_id(request.GET.get("before", ""))
    rows = recent(hook).filter(state=state) if state in DeliveryState.values else recent(hook)
    rows = rows.filter(pk__lt=before) if before is not None else rows
    here = list(rows[: PAGE + 1])
    values = {
        "hook": hook,
        "lines": lines_of(here[:PAGE], request.formats),
        "next": here[PAGE - 1].pk if len(here) > PAGE else None,
        "chips": chips_of(hook, state),
        "state": state,
        "may": covers(hook, request.user, CHANGE),
    }
    return render(request, "hooks/log.html", values)


@require_safe
def delivery(request: Any, pk: int, token: str) -> HttpResponse:
    """One delivery: what was sent, as far as the reader may see it, and what came back."""
    hook = found(request, pk)
    row = Delivery.objects.filter(webhook_id=hook.pk, token=token).first()
    if row is None:
        raise NotFound
    values = {
        "hook": hook,
        "row": row,
        "line": line_of(row, request.formats),
        "body": body_for(row, request.user),
        "answer": row.answer if hook.owner_id == request.user.pk else "",
        "may": covers(hook, request.user, CHANGE),
        "under_way": row.state == DeliveryState.WAITING and not row.attempts,
    }
    return render(request, "hooks/delivery.html", values)


@require_POST
def again(request: Any, pk: int) -> HttpResponse:
    """Send one delivery again, or all of the last hours."""
    hook = found(request, pk, CHANGE)
    only, hours = request.POST.get("token", "")[:60], parse_id(request.POST.get("hours", ""))
    if not only and (hours is None or timedelta(hours=min(hours, 10_000)) > KEPT):
        raise NotFound
    since = None if only else timezone.now() - timedelta(hours=hours or 0)
    count = send_again(hook, only=only, since=since)
    text = ngettext("%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("hooks:log", pk)
