"""The cockpit, what is out of sight, and the numbers of urgency and importance."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_skeleton
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordina.activity.alerts import actions, queries
from coordina.activity.alerts.tuning import tuning
from coordina.core.actions import of
from coordina.core.actors import Reach
from coordina.core.formats import babel_locale
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import TYPES
from coordina.web.doing import carry_out, tell
from coordina.web.navigation import navigation_of
from coordina.web.today import board
from coordina.web.today.board import Shown
from coordina.web.today.figures import team_figures
from coordina.web.today.forms import TuningForm
from coordina.web.today.rows import Rows
from coordina.web.today.since import last_working_day, news

WHO = tuple(slug for slug, _label in board.WHOSE.values())
FIGURES_FIRST = ("director",)
"""Roles that look at the figures before the work."""


@require_safe
def home(request: Any) -> HttpResponse:
    """The cockpit; for who can settle nothing of what is watched the first place they may go to."""
    if queries.reach_of(request.user) is None:
        return redirect(next((place.url for place in navigation_of(request.user, "/")), "web:profile"))
    return render(request, "web/today/page.html", values_of(request))


def body(request: Any) -> HttpResponse:
    """The part of the page that changes when something was done."""
    return render(request, "web/today/body.html", {**values_of(request), "again": True})


def values_of(request: Any) -> dict[str, Any]:
    """Everything the page shows."""
    page = board.cockpit(request, request.GET)
    rows = Rows(request, page.said, page.query)
    today = request.asker.today
    role = request.user.role.slug if request.user.role else ""
    return {
        "page": page,
        "heading": _("Today, %(day)s") % {"day": _whole_day(today)},
        "lead": board.lead_of(page),
        "parts": [(part, rows.part(part)) for part in page.parts],
        "follow_ups": [_follow_up(shown, request) for shown in page.follow_ups],
        "mine": page.whose is Reach.OWN,
        "figures": team_figures(request),
        "figures_first": role in FIGURES_FIRST,
        "news": news(request, today),
        "news_title": _since(today),
        "nothing_yet": not page.total and not page.alone and _nothing_yet(request),
        "kind_label": page.kind.label if page.kind else _("All kinds"),
        "who_query": f"?who={request.GET['who']}" if request.GET.get("who") in WHO else "",
        "may_handle": request.user.may(actions.HANDLE),
        "many_query": "?" + urlencode({"next": rows.back, "who": request.GET.get("who", "")}),
    }


def _weekday(day: date) -> str:
    """The name of a day of the week."""
    return str(format_date(day, "EEEE", locale=babel_locale(get_language() or "en")))


def _whole_day(day: date) -> str:
    """A day with the name of its weekday: «lunes 23 de noviembre»."""
    return f"{_weekday(day)} {format_skeleton('MMMMd', day, locale=babel_locale(get_language() or 'en'))}"


def _since(today: date) -> str:
    """Since when the news are."""
    day = last_working_day(today)
    if (today - day).days == 1:
        return _("Since yesterday")
    return _("Since %(weekday)s") % {"weekday": _weekday(day)}


def _follow_up(shown: Shown, request: Any) -> dict[str, Any]:
    """A follow-up as one line."""
    on, formats = shown.matter.since, request.formats
    late = on < formats.today
    row, pk = shown.row, shown.matter.subject_id
    line = {"step": row["next_step"], "name": row["name"], "pk": pk, "owner": row["owner__name"]}
    line |= {"owner_id": row["owner_id"]}
    return line | {"late": late, "day": formats.day(on) if late else _("today")}


def _nothing_yet(request: Any) -> bool:
    """Whether there is nothing to sell yet, so that the page teaches the first step."""
    model: Any = TYPES["opportunity"].model
    return not model.objects.visible_to(request.user).exists()


@require_safe
def later(request: Any) -> HttpResponse:
    """What was put off, closed or handed on, each to be brought back."""
    reach = queries.reach_of(request.user)
    if reach is None:
        raise Forbidden
    whose = board.asked_reach(request.GET.get("who", ""), reach or Reach.OWN)
    matters = queries.out_of_sight(request.user, whose)
    rows = queries.facts_of(request.user, matters)
    names = queries.names_of(request.user, {m.holder_id for m in matters if m.holder_id})
    lines = [
        {
            "matter": m,
            "title": m.kind.says(rows[m.key], request.formats)[0],
            "url": TYPES[board.type_name(m)].url,
            "state": board.state_of(m, names, request.formats),
        }
        for m in matters
        if m.key in rows
    ]
    return render(request, "web/today/later.html", {"lines": lines, "may_handle": request.user.may(actions.HANDLE)})


@require_http_methods(["GET", "HEAD", "POST"])
def tune(request: Any) -> HttpResponse:
    """From which amount a matter is important, after how many days each kind is urgent, which are watched at all."""
    if not request.user.may(actions.TUNE):
        raise Forbidden
    form = TuningForm(request.POST or None, said=tuning(), formats=request.formats)
    if request.method == "POST" and form.is_valid():
        try:
            tell(request, carry_out(of(actions.tune_alerts), form.cleaned_data, user=request.user))
            return redirect("web:today_tune")
        except Refusal as refusal:
            form.told(refusal)
    values = {"form": form, "currency": request.formats.currency}
    return render(request, "web/today/tune.html", values, status=422 if form.errors else 200)
