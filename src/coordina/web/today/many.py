"""The kinds of matters with their counts, and one decision about all matters of a kind that a page shows."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from coordina.activity.alerts import actions, queries
from coordina.activity.alerts.queries import MOST
from coordina.core.actions import of
from coordina.core.actors import Reach
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.watchers import Watcher
from coordina.web.accounts.forms import Refusable
from coordina.web.doing import Done, carry_out, tell
from coordina.web.today import board
from coordina.web.today.deciding import back_of, gone_back
from coordina.web.today.forms import CloseForm, PutOffForm

DEEDS: dict[str, Any] = {"put-off": actions.put_off_alerts, "close": actions.close_alerts}


def _reach(request: Any) -> Reach:
    """Whose matters are asked for.

    Raises:
        Forbidden: For who sees nothing that is watched.
    """
    reach = queries.reach_of(request.user)
    if reach is None:
        raise Forbidden
    return board.asked_reach(request.GET.get("who", ""), reach)


@require_safe
def kinds(request: Any) -> HttpResponse:
    """Every kind with how many there are: a page, or the options of the menu that asked for them."""
    found = [
        {"kind": kind, "count": request.formats.integer(count), "url": board.kind_url(kind, request.GET.get("who", ""))}
        for kind, count in queries.counts_of_kinds(request.user, _reach(request))
    ]
    part = "kind_options" if request.headers.get("HX-Request") else "kinds"
    return render(request, f"web/today/{part}.html", {"kinds": found})


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Any, name: str, deed: str) -> HttpResponse:
    """Put off or close what a page of one kind shows: asked once, done and undone as one."""
    kind = board.kind_of(request.user, name)
    if kind is None or deed not in DEEDS:
        raise NotFound
    if not request.user.may(actions.HANDLE):
        raise Forbidden
    keys = _keys(request, kind)
    form = (
        PutOffForm(request.POST or None, formats=request.formats)
        if deed == "put-off"
        else CloseForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        try:
            tell(request, _decided(request, kind, deed, {"subject_ids": keys, **form.cleaned_data}))
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            form.told(refusal)
        else:
            return gone_back(request)
    return _asked(request, form, kind, deed, keys)


def _keys(request: Any, kind: Watcher) -> list[int]:
    """Ids of the records: those that the question was asked about, else those that the page shows now."""
    if request.method == "POST":
        return [key for text in request.POST.getlist("pk")[:MOST] if (key := parse_id(text)) is not None]
    matters, _count = queries.weightiest(request.user, kind, _reach(request))
    rows = queries.facts_of(request.user, matters)
    return [m.subject_id for m in matters if m.key in rows]


def _decided(request: Any, kind: Watcher, deed: str, values: dict[str, Any]) -> Done:
    """Carry it out, and say how many."""
    done = carry_out(of(DEEDS[deed]), {"watcher": kind.name, **values}, user=request.user)
    if deed == "close":
        text = ngettext("%(count)s closed: %(kind)s", "%(count)s closed: %(kind)s", done.result)
    else:
        text = ngettext(
            "%(count)s put off until %(day)s: %(kind)s", "%(count)s put off until %(day)s: %(kind)s", done.result
        )
    day = request.formats.day(values["until"]) if "until" in values else ""
    return Done(done.result, text % {"count": done.result, "kind": kind.label, "day": day}, done.undo_url)


def _asked(request: Any, form: Refusable, kind: Watcher, deed: str, keys: list[int]) -> HttpResponse:
    """The question, in a dialog where scripts ask for it."""
    count = len(keys)
    told = ngettext(
        "%(count)s record; it can be undone as one.", "%(count)s records; they can be undone as one.", count
    )
    values = {
        "form": form,
        "heading": of(DEEDS[deed]).label,
        "submit": of(DEEDS[deed]).label,
        "about": (kind.label, told % {"count": count}),
        "action": request.get_full_path(),
        "next": back_of(request),
        "keys": keys,
    }
    dialog = "dialog" if request.headers.get("HX-Target") == "dialog-host" else "ask"
    return render(request, f"web/today/{dialog}.html", values, status=422 if form.errors else 200)
