"""Roles: the list, the table of permissions, copying."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts.actions import copy_role, set_fields, set_reach
from coordina.accounts.models import Role, User
from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.permissions import VERBS, defaults_for
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.ledger.history import history_of
from coordina.web.access import find
from coordina.web.accounts.closing import nouns_of, read_closed
from coordina.web.accounts.forms import CopyForm
from coordina.web.accounts.matrix import matrix_of, read_matrix
from coordina.web.accounts.places import looks_after
from coordina.web.doing import carry_out, tell
from coordina.web.historypage import entries_of

RECENT = 5
"""Entries of the history that the page shows."""


def _role(request: Any, pk: int) -> Role:
    known = type_of(Role)
    if not looks_after(request.user, known):
        raise Forbidden
    found: Role = find(request.user, known, pk)
    return found


@require_safe
def roles(request: Any) -> HttpResponse:
    """Every role, with how many people have it."""
    if not looks_after(request.user, type_of(Role)):
        raise Forbidden
    people = dict(User.objects.visible_to(request.user).order_by().values_list("role_id").annotate(Count("pk")))
    seen = Role.objects.visible_to(request.user).order_by("name")
    values = {
        "roles": [(role, people.get(role.pk, 0)) for role in seen],
        "may_add": request.user.may("accounts.add_role"),
    }
    return render(request, "web/accounts/roles.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: Any, pk: int) -> HttpResponse:
    """What a role may do, and with whose records."""
    role = _role(request, pk)
    problem, status = "", 200
    if request.method == "POST":
        try:
            return _save(request, role, read_matrix(request.POST, role))
        except Refusal as refusal:
            problem, status = str(refusal), refusal.status
            role.reach = read_matrix(request.POST, role)
    values = {"role": role, "matrix": matrix_of(role), "verbs": VERBS.values(), "problem": problem}
    return render(request, "web/accounts/role.html", values | _around(request, role), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: Any, pk: int) -> HttpResponse:
    """Which fields a role does not see, and which it only reads."""
    role = _role(request, pk)
    problem, status, asked = "", 200, None
    if request.method == "POST":
        asked = read_closed(request.POST, role)
        try:
            seen = parse_id(request.POST.get("version", ""))
            tell(request, carry_out(of(set_fields), {"fields": asked}, user=request.user, pk=role.pk, version=seen))
            return redirect("web:role_fields", pk)
        except Refusal as refusal:
            problem, status = " ".join(text for texts in refusal.errors.values() for text in texts), refusal.status
    values = {"role": role, "nouns": nouns_of(role, asked), "problem": problem}
    return render(request, "web/accounts/role_fields.html", values | _around(request, role), status=status)


@require_POST
def reset(request: Any, pk: int) -> HttpResponse:
    """Put a role that Coordina brings back to what it was at first."""
    role = _role(request, pk)
    if not role.slug:
        raise Forbidden
    return _save(request, role, defaults_for(role.slug))


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: Any, pk: int) -> HttpResponse:
    """Make a role of the company's own, beginning with another's permissions."""
    role = _role(request, pk)
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = carry_out(of(copy_role), form.cleaned_data, user=request.user, pk=role.pk)
            tell(request, done)
            return redirect("web:role_permissions", done.result.pk)
        except Refusal as refusal:
            form.told(refusal)
    return render(request, "web/accounts/copy.html", {"role": role, "form": form}, status=422 if form.errors else 200)


@require_safe
def to_role(request: Any, pk: int) -> HttpResponse:
    """The page of a role is its table of permissions."""
    return redirect("web:role_permissions", pk)


def _save(request: Any, role: Role, reach: dict[str, str]) -> HttpResponse:
    version = request.POST.get("version", "")
    seen = parse_id(version)
    tell(request, carry_out(of(set_reach), {"reach": reach}, user=request.user, pk=role.pk, version=seen))
    return HttpResponseRedirect(reverse("web:role_permissions", args=(role.pk,)))


def _around(request: Any, role: Role) -> dict[str, Any]:
    """What stands beside the table: who has the role, and its last changes."""
    people = User.objects.visible_to(request.user).filter(role=role)
    events = history_of(role, limit=RECENT)
    return {
        "people": people.count(),
        "entries": entries_of(type_of(Role), events, request.user, request.formats, timezone.now()),
        "may_edit": request.user.may("accounts.change_role"),
        "may_copy": request.user.may("accounts.add_role"),
    }
