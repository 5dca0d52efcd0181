"""What is done to a matter from the cockpit: at once, or after one question."""

import json
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coordina.activity.alerts import actions, queries
from coordina.activity.alerts.people import able_to_see
from coordina.activity.alerts.queries import Matter
from coordina.core.actions import ACTIONS, of
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.watchers import Row
from coordina.web.accounts.forms import Refusable
from coordina.web.doing import Done, carry_out, tell
from coordina.web.today.forms import CloseForm, HandOnForm, PutOffForm, day_text
from coordina.web.today.views import body

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def about(matter: Matter) -> dict[str, Any]:
    """The matter as actions take it."""
    label, pk = matter.key
    return {"watcher": matter.watcher, "subject_type": label, "subject_id": pk}


@require_POST
def act(request: Any, name: str, pk: int, place: int) -> HttpResponse:
    """Do what a button without a question does."""
    matter, row = queries.matter_of(request.user, name, pk)
    acts = matter.kind.acts
    if place >= len(acts) or not acts[place].direct:
        raise NotFound
    declared = ACTIONS[acts[place].action]
    values = acts[place].values(row, request.formats.today)
    return answered(request, carry_out(declared, values, user=request.user, pk=pk))


@_get_or_post
def put_off(request: Any, name: str, pk: int) -> HttpResponse:
    """Take a matter off the list until a day: one of the offered ones at once, any other after the question."""
    matter, row = queries.matter_of(request.user, name, pk)
    given = request.GET.get("until", "")
    if request.method == "POST" and given:
        try:
            until = date.fromisoformat(given)
        except ValueError:
            raise NotFound from None
        return answered(request, decide(request, actions.put_off_alert, matter, row, until=until))
    initial = {"until": day_text(request.formats.today + timedelta(days=2), request.formats)}
    form = PutOffForm(request.POST or None, formats=request.formats, initial=initial)
    return asked(request, form, actions.put_off_alert, matter, row)


@_get_or_post
def hand_on(request: Any, name: str, pk: int) -> HttpResponse:
    """Let somebody else look after a matter."""
    matter, row = queries.matter_of(request.user, name, pk)
    people = [p for p in able_to_see(matter, matter.kind.of, row.get("team_id")) if p.pk != matter.holder_id]
    form = HandOnForm(request.POST or None, people=people)
    return asked(request, form, actions.hand_on_alert, matter, row)


@_get_or_post
def close(request: Any, name: str, pk: int) -> HttpResponse:
    """Say that nothing has to be done, and why."""
    matter, row = queries.matter_of(request.user, name, pk)
    return asked(request, CloseForm(request.POST or None), actions.close_alert, matter, row)


@require_POST
def bring_back(request: Any, name: str, pk: int) -> HttpResponse:
    """Put a matter back on the list."""
    matter, row = queries.matter_of(request.user, name, pk)
    done = decide(request, actions.bring_back_alert, matter, row)
    tell(request, done)
    return HttpResponseRedirect(reverse("web:today_later"))


def decide(request: Any, fn: Any, matter: Matter, row: Row, **values: Any) -> Done:
    """Carry a decision out, and say it with the name of the matter."""
    done = carry_out(of(fn), {**values, **about(matter)}, user=request.user)
    title = matter.kind.says(row, request.formats)[0]
    words = {
        actions.put_off_alert: _("Put off until %(day)s: %(title)s"),
        actions.hand_on_alert: _("Handed on to %(name)s: %(title)s"),
        actions.close_alert: _("Closed: %(title)s"),
        actions.bring_back_alert: _("Back on the list: %(title)s"),
    }
    day = request.formats.day(values["until"]) if "until" in values else ""
    to = getattr(getattr(done.result, "handed_to", None), "name", "") or row.get("owner__name") or ""
    return Done(done.result, words[fn] % {"title": title, "day": day, "name": to}, done.undo_url)


def asked(request: Any, form: Refusable, fn: Any, matter: Matter, row: Row) -> HttpResponse:
    """The question of a decision, and what becomes of the answer.

    Raises:
        Forbidden: When the role may not decide about alerts.
    """
    if not request.user.may(actions.HANDLE):
        raise Forbidden
    if request.method == "POST" and form.is_valid():
        try:
            done = decide(request, fn, matter, row, **form.cleaned_data)
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            form.told(refusal)
        else:
            tell(request, done)
            return gone_back(request)
    declared = of(fn)
    values = {
        "form": form,
        "heading": declared.label,
        "submit": declared.label,
        "about": matter.kind.says(row, request.formats),
        "action": request.get_full_path(),
        "next": back_of(request),
    }
    kind = "dialog" if request.headers.get("HX-Target") == "dialog-host" else "ask"
    return render(request, f"web/today/{kind}.html", values, status=422 if form.errors else 200)


def back_of(request: Any) -> str:
    """Where one came from; the cockpit where that is not said."""
    url = request.POST.get("next", "") or request.GET.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else reverse("web:home")


def gone_back(request: Any) -> HttpResponse:
    """Back to where one came from."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": back_of(request)})
    return HttpResponseRedirect(back_of(request))


def answered(request: Any, done: Done) -> HttpResponse:
    """The cockpit as it is now, with the toast: in place where scripts ask for it."""
    if not request.headers.get("HX-Request"):
        tell(request, done)
        return HttpResponseRedirect(back_of(request))
    answer = body(request)
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": done.text, "undo": done.undo_url}})
    return answer
