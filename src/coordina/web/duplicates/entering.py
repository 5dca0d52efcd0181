"""While something new is typed: what may be there already. It warns and never blocks."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden
from coordina.core.types import RecordType
from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.lookup import twins_of
from coordina.web.access import may_create
from coordina.web.duplicates.reasons import confidence, told
from coordina.web.duplicates.shown import Side, compared_names, matching_for, sides_of

MOST = 3
"""Likely twins that a form shows."""
SEEN = "seen-twin"
"""Name under which a form says which twins its reader has been shown."""


def twins_values(request: Any, known: RecordType, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Likely twins of what was typed, as far as the person may see them; empty for types that are not compared."""
    kind = MATCHINGS.get(known.name)
    if kind is None or not request.user.may(known.model.view_permission()):
        return {}
    facts = kind.facts(typed, request.user)
    found = twins_of(kind, facts, seen_by=request.user, most=MOST) if facts else []
    sides = sides_of(
        known, [t.pk for t in found], request.user, request.formats, compared_names(kind, request.user)[:4]
    )
    lines = [
        {
            "side": sides[t.pk],
            "facts": _facts(sides[t.pk]),
            "words": confidence(t.verdict.score),
            "reasons": told([(r.trait, r.alike, r.bits) for r in t.verdict.reasons], request.formats),
        }
        for t in found
        if t.pk in sides
    ]
    return {"twins": lines, "twins_url": reverse("web:twins", args=(known.url,)), "twins_seen": SEEN}


def _facts(side: Side) -> list[str]:
    return [cell for cell in side.cells.values() if cell][:3]


def unseen_twins(request: Any, known: RecordType) -> dict[str, Any]:
    """Twins that a form was sent without having been shown; nothing where it may be saved."""
    values = twins_values(request, known, request.POST)
    shown = {parse_id(text) for text in request.POST.getlist(SEEN)}
    new = [one for one in values.get("twins", ()) if one["side"].pk not in shown]
    return values if new else {}


@require_POST
def twins_fragment(request: Any, known: RecordType) -> HttpResponse:
    """The box of likely twins for what stands in a form now."""
    matching_for(known, request.user)
    if not may_create(request.user, known):
        raise Forbidden
    return render(request, "web/duplicates/twins.html", twins_values(request, known, request.POST))
