"""Change sets: undoing them, and what an undo left."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.touched import models_of
from coordina.ledger.undo import left_outside, may_undo, undo
from coordina.records.vocabularies import written_query
from coordina.web.access import may_list
from coordina.web.context import follow_job
from coordina.web.duplicates.unmerge import asks
from coordina.web.historypage import DOORS, words_of_change
from coordina.web.left import left_by
from coordina.web.listpage import capital
from coordina.web.undoing import AT_ONCE, find_change, left_of, said_of, size_of, undo_changes


@require_safe
def change_page(request: Any, pk: int) -> HttpResponse:
    """One change set: what it did, and after a partial undo what was left and why."""
    change = find_change(request.user, pk)
    held = left_by(change, request.user) if change.state == State.PARTLY else []
    declared, size = ACTIONS.get(change.action), size_of(change)
    values = {
        "change": change,
        "what": capital(declared.label) if declared else words_of_change(change, "u"),
        "door": DOORS.get(change.via, ""),
        "when": request.formats.exact(change.at),
        "number": size,
        "size": request.formats.integer(size),
        "left": left_of(held, request.user),
        "outside": left_outside(change) if change.state != State.OPEN else [],
        "can_undo": may_undo(change, request.user) and change.state == State.DONE,
        "can_finish": may_undo(change, request.user) and change.state == State.PARTLY,
        "state": State(change.state).label,
        "lists": _lists_of(change, request.user) if change.state != State.UNDONE else [],
        "back": _back(request),
    }
    return render(request, "web/generic/change.html", values)


def _lists_of(change: ChangeSet, user: User) -> list[tuple[str, str]]:
    """The lists that show exactly what it wrote: what they hold, and their address."""
    models = models_of(change)
    query = urlencode({"q": written_query(change.pk)})
    return [
        (capital(known.plural), f"{reverse('web:list', args=(known.url,))}?{query}")
        for known in TYPES
        if known.model._meta.label in models and not known.within and known.columns and may_list(user, known)
    ]


@require_POST
def undo_change(request: Any, pk: int) -> HttpResponse:
    """Take a change set back; a large one as a job that the page shows."""
    change = find_change(request.user, pk)
    force = request.POST.get("force") == "yes"
    if not may_undo(change, request.user):
        raise Refusal("not_undoable", _("This cannot be undone."), status=409)
    if not force and (asked := asks(change, request.user)):
        return _told(request, _("Something came after the merge. Look at it first."), "", asked)
    if size_of(change) > AT_ONCE:
        made = undo_changes.using(by=request.user.pk, order_key=f"undo:{change.pk}").enqueue(
            change.pk, request.user.pk, force
        )
        follow_job(request, int(made.id))
        return _go(request, reverse("web:job", args=(int(made.id),)))
    report = undo(change, by=request.user, at=timezone.now(), force=force)
    redo = reverse("web:undo", args=(report.change_set.pk,)) if report.change_set is not None else ""
    partly = ChangeSet.objects.filter(pk=pk, state=State.PARTLY).exists()
    return _told(request, said_of(report), redo, reverse("web:change", args=(pk,)) if partly else _back(request))


def _told(request: Any, text: str, redo: str, url: str) -> HttpResponse:
    """Say it: as JSON to a script, else on the page one goes back to."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"text": text, "undo": redo, "url": url})
    messages.success(request, text, extra_tags=f"undo:{redo}" if redo else "")
    return _go(request, url)


def _go(request: Any, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url, "HX-Trigger": json.dumps({"undone": True})})
    return HttpResponseRedirect(url)


def _back(request: Any) -> str:
    """The page one came from; the list where that was the page of a record that is gone."""
    url = request.POST.get("next", "") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        return "/"
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return "/"
    known, pk = match.kwargs.get("known"), match.kwargs.get("pk")
    if known is None or pk is None or known.model.objects.visible_to(request.user).filter(pk=pk).exists():
        return str(url)
    return reverse("web:list", args=(known.url,))
