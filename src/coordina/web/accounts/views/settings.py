"""The settings: their index, the company, the tree of teams."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coordina.accounts.models import Organization, Team, User
from coordina.activity.outgoing import MAIL, trouble
from coordina.core.actions import standard
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Conflict, Forbidden, Refusal
from coordina.core.types import type_of
from coordina.web.access import may_create
from coordina.web.accounts.forms import CompanyForm
from coordina.web.accounts.places import looks_after, places_of, tree_of
from coordina.web.doing import carry_out, changed_only, tell


@require_safe
def index(request: Any) -> HttpResponse:
    """What one looks after, with counts and a line each."""
    groups = places_of(request.user, counted=True)
    values = {"groups": groups, "trouble": trouble() if request.user.may(MAIL) else None, "link": True}
    return render(request, "web/accounts/settings.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: Any) -> HttpResponse:
    """The company itself."""
    known, obj = type_of(Organization), request.organization
    if not looks_after(request.user, known):
        raise Forbidden
    initial = {"company": obj.name, "currency": obj.currency, "country": obj.country}
    initial |= {"language": obj.language, "time_zone": obj.time_zone, "quiet_days": obj.quiet_days}
    form = CompanyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form, obj):
        return redirect("web:company")
    values = {"form": form, "version": obj.version}
    return render(request, "web/accounts/company.html", values, status=422 if form.errors else 200)


def _saved(request: Any, form: CompanyForm, obj: Organization) -> bool:
    declared = standard(Organization, "edit")
    assert declared is not None
    version = request.POST.get("version", "")
    seen = parse_id(version)
    try:
        tell(
            request,
            carry_out(declared, changed_only(obj, form.values), user=request.user, pk=obj.pk, version=seen),
        )
    except Conflict as conflict:
        form.told(Refusal("conflict", conflict.message))
        return False
    except Refusal as refusal:
        form.told(refusal)
        return False
    return True


@require_safe
def teams(request: Any) -> HttpResponse:
    """The teams as a tree, with managers and people."""
    known = type_of(Team)
    if not looks_after(request.user, known):
        raise Forbidden
    seen = list(Team.objects.visible_to(request.user).select_related("manager").order_by("name", "pk"))
    people = User.objects.visible_to(request.user).order_by().values_list("team_id").annotate(Count("pk"))
    counts = dict(people)
    values = {
        "branches": tree_of(seen, counts),
        "without": counts.get(None, 0),
        "may_add": may_create(request.user, known),
        "may_edit": request.user.may(Team.permission("change")),
    }
    return render(request, "web/accounts/teams.html", values)
