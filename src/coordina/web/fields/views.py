"""The settings of fields: a page for each noun, the form of one field, and its switches."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.accounts.models import Role
from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES, RecordType, type_of
from coordina.records.fields import actions
from coordina.records.fields.building import extensible
from coordina.records.fields.converting import targets_of
from coordina.records.models import CustomField, FieldIndex, FieldKind
from coordina.web.access import find
from coordina.web.accounts.places import looks_after
from coordina.web.doing import carry_out, tell
from coordina.web.fields.forms import FieldForm
from coordina.web.fields.showing import noun_values, nouns, row_of, works_of

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def noun_of(request: Any, name: str) -> RecordType:
    """The record type of an address, for who looks after fields."""
    if not looks_after(request.user, type_of(CustomField)):
        raise Forbidden
    known = TYPES.get(name)
    if known is None or not extensible(known):
        raise NotFound
    return known


def field_of_page(request: Any, pk: int) -> CustomField:
    """The definition of an address, for who looks after fields."""
    if not looks_after(request.user, type_of(CustomField)):
        raise Forbidden
    found: CustomField = find(request.user, type_of(CustomField), pk)
    return found


@require_safe
def home(request: Any) -> HttpResponse:
    """The first noun."""
    return redirect("web:fields_of", noun_of(request, nouns()[0].name).name)


@require_safe
def to_field(request: Any, pk: int) -> HttpResponse:
    """The page of a definition is its form."""
    return redirect("web:field", pk)


@require_safe
def noun_page(request: Any, noun: str) -> HttpResponse:
    """The fields of one noun, its other data, and its form."""
    return render(request, "web/fields/noun.html", noun_values(request, noun_of(request, noun)))


@_get_or_post
def new_page(request: Any, noun: str) -> HttpResponse:
    """Add a field."""
    known = noun_of(request, noun)
    initial = {n: request.GET[n][:80] for n in ("label", "kind") if n in request.GET}
    form = FieldForm(known, request.formats, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            tell(request, carry_out(of(actions.add_field), form.given() | {"noun": noun}, user=request.user))
            return redirect("web:fields_of", noun)
        except Refusal as refusal:
            form.told(refusal)
    values = {"form": form, "known": known, "sections": sections_of(known), "field": None}
    return render(request, "web/fields/form.html", values, status=422 if form.errors else 200)


@_get_or_post
def edit_page(request: Any, pk: int) -> HttpResponse:
    """Change a field, and see what its values went through."""
    field = field_of_page(request, pk)
    known = noun_of(request, field.noun)
    form = FieldForm(known, request.formats, request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.given() | _options(request, field)
            version = parse_id(request.POST.get("version", ""))
            tell(request, carry_out(of(actions.edit_field), given, user=request.user, pk=pk, version=version))
            return redirect("web:fields_of", field.noun)
        except Refusal as refusal:
            form.told(refusal)
    values = {"form": form, "known": known, "field": field, "sections": sections_of(known)}
    return render(
        request, "web/fields/form.html", values | around(request, known, field), status=422 if form.errors else 200
    )


def _options(request: Any, field: CustomField) -> dict[str, Any]:
    """The options of a list as the form says them, in its order; new ones stand one a line."""
    if not field.choices:
        return {}
    sent = request.POST
    order = [k for k in sent.getlist("choice") if any(c["key"] == k for c in field.choices)]
    order += [c["key"] for c in field.choices if c["key"] not in order]
    old = {c["key"]: c for c in field.choices}
    kept = [{"key": k, "label": sent.get(f"choice-{k}", old[k]["label"]), "gone": f"gone-{k}" in sent} for k in order]
    fresh = [{"key": "", "label": line.strip()} for line in sent.get("more", "").splitlines() if line.strip()]
    return {"choices": [*kept, *fresh]}


def around(request: Any, known: RecordType, field: CustomField) -> dict[str, Any]:
    """What stands beside the form: filters, who sees it, other types, conversions."""
    from coordina.core.types import Kind

    index = FieldIndex.objects.filter(pk=field.pk).first()
    works = works_of(field, request.user)
    roles = Role.objects.visible_to(request.user).order_by("name")
    return {
        "row": row_of(known, field, index.state if index else ""),
        "index": index,
        "works": works,
        "busy": any(w["active"] for w in works) or (index is not None and index.state == "building"),
        "roles": [(role, field.permission_name in role.reach) for role in roles],
        "kinds": [(k.value, FieldKind(k.value).label) for k in targets_of(Kind(field.kind))],
        "offered": [c for c in field.choices if not c.get("gone")],
        "long": field.kind == Kind.LONG_TEXT,
    }


def sections_of(known: RecordType) -> list[str]:
    """Titles of the sections there are."""
    titles = [str(s.label) for s in known.sections]
    return [t[:1].upper() + t[1:] for t in dict.fromkeys(titles)]


@require_POST
def order(request: Any, noun: str) -> HttpResponse:
    """Put the fields of a noun in order: all of them as dragged, or one of them a place up or down."""
    known = noun_of(request, noun)
    rows = CustomField.objects.filter(noun=known.name, archived=False).order_by("position", "pk")
    keys = list(rows.values_list("pk", flat=True))
    asked = [key for text in request.POST.getlist("order") if (key := parse_id(text)) is not None]
    move, _colon, way = request.POST.get("move", "").partition(":")
    if (key := parse_id(move)) in keys and key is not None:
        asked = moved(keys, key, -1 if way == "up" else 1)
    if not keys:
        raise NotFound
    done = carry_out(of(actions.order_fields), {"order": asked}, user=request.user, pk=keys[0])
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"toast": {"text": done.text, "undo": done.undo_url}})
    tell(request, done)
    return redirect("web:fields_of", noun)


def moved(keys: list[int], key: int, by: int) -> list[int]:
    """Some ids with one of them a place earlier or later."""
    found = list(keys)
    place = found.index(key)
    other = min(max(place + by, 0), len(found) - 1)
    found[place], found[other] = found[other], found[place]
    return found


@require_POST
def do(request: Any, pk: int, what: str) -> HttpResponse:
    """Archive, bring back, switch filters on or off, say who sees it."""
    field = field_of_page(request, pk)
    chosen = [key for text in request.POST.getlist("role") if (key := parse_id(text)) is not None]
    known: dict[str, tuple[Any, dict[str, Any]]] = {
        "archive": (actions.archive_field, {}),
        "restore": (actions.restore_field, {}),
        "filter": (actions.set_indexed, {"indexed": request.POST.get("indexed") == "yes"}),
        "seen-by": (actions.set_seen_by, {"roles": chosen if request.POST.get("who") == "some" else None}),
    }
    if what not in known:
        raise NotFound
    fn, given = known[what]
    tell(request, carry_out(of(fn), given, user=request.user, pk=pk))
    if what in ("archive", "restore"):
        return redirect("web:fields_of", field.noun)
    return HttpResponseRedirect(reverse("web:field", args=(pk,)))
