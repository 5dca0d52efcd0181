"""The page on which a person is erased, and the archive of what is kept of them."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.core.actions import ACTIONS
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import type_of
from coordina.ledger.doors import submit
from coordina.privacy.actions import ERASE, GONE_FOR_GOOD, HAND_OUT
from coordina.privacy.archives import gather, path_of
from coordina.privacy.enums import Because, Standing
from coordina.privacy.jobs import held_until
from coordina.privacy.queries import person_for, preview_of

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@_get_or_post
def erase(request: Any, url: str, pk: int) -> HttpResponse:
    """What would go, what stays and why; with the name typed, it is ordered."""
    record = person_for(request.user, url, pk, ERASE)
    refused = ""
    if request.method == "POST":
        try:
            return _ordered(request, record, request.POST.get("typed", ""))
        except Refusal as refusal:
            refused = str(refusal.message)
    values = _values(request, record) | {"refused": refused}
    return render(request, "privacy/erase.html", values, status=422 if refused else 200)


def _values(request: Any, record: Any) -> dict[str, Any]:
    """What the page shows."""
    known = type_of(record)
    until = held_until(record)
    return {
        "known": known,
        "name": str(getattr(record, known.title)),
        "list_url": reverse("web:list", args=(known.url,)),
        "home": reverse("web:detail", args=(known.url, record.pk)),
        "preview": preview_of(record, request.user),
        "until": request.formats.date_full(until) if until else "",
        "warning": GONE_FOR_GOOD,
        "reasons": [(each.value, each.label) for each in Because],
        "chosen": request.POST.get("reason", Because.ASKED),
        "never": request.method != "POST" or "never" in request.POST,
        "typed": request.POST.get("typed", ""),
    }


def _ordered(request: Any, record: Any, typed: str) -> HttpResponse:
    known = type_of(record)
    declared = ACTIONS[f"{record._meta.app_label}.erase_{known.name}"]
    given = {"typed": typed, "reason": request.POST.get("reason", "asked"), "never": "never" in request.POST}
    order = submit(declared, given, by=request.user, via="web", pk=record.pk, at=timezone.now())
    if order.status == Standing.HELD:
        messages.success(request, _("Blocked. They are erased when the hold ends."))
        return redirect("web:detail", known.url, record.pk)
    messages.success(request, _("They are being erased. When it is done, it stands among the erasures."))
    return redirect("web:list", known.url)


@require_POST
def hand_out(request: Any, url: str, pk: int) -> HttpResponse:
    """Gather everything that is kept of somebody, in the background."""
    record = person_for(request.user, url, pk, HAND_OUT)
    user = request.user.pk
    job = gather.using(by=user).enqueue(user, type_of(record).url, record.pk, secrets.token_urlsafe(18))
    return redirect("web:job", int(job.id))


@require_safe
def archive(request: Any, token: str) -> HttpResponseBase:
    """The archive, for whoever asked for it."""
    if not request.user.may(HAND_OUT):
        raise Forbidden
    place = path_of(request.user.pk, token)
    if place is None:
        raise NotFound
    try:
        content = place.open()
    except FileNotFoundError:
        raise NotFound from None
    name = f"{_('personal-data')}-{timezone.localdate().isoformat()}.zip"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
