"""Forms on pages, in dialogs and in cells: create, edit and every other action."""

import json
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from coordina.core.actions import Action, standard
from coordina.core.addresses import address
from coordina.core.cells import CELLS
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Forbidden, NotFound, Refusal
from coordina.core.types import RecordType
from coordina.ledger.once import was_sent
from coordina.web.access import action_by_slug, find, may_create, reaches
from coordina.web.cellforms import cell_answer, cell_form
from coordina.web.doing import Done, carry_out, changed_only, clash_of, tell, title_of
from coordina.web.duplicates.entering import twins_values, unseen_twins
from coordina.web.formpage import conflict_page, once_given, page_of
from coordina.web.forms import ActionForm, initial_from

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@_get_or_post
def new_page(request: Any, known: RecordType) -> HttpResponse:
    """Make a record."""
    declared = standard(known.model, "create")
    if declared is None or not may_create(request.user, known):
        raise Forbidden
    if request.method == "POST":
        form = form_of(request, declared, data=request.POST)
        again = form.is_valid() and was_sent(declared, form.given(), request.user, once_given(request))
        if form.is_valid() and not again and (twins := unseen_twins(request, known)):
            return page_of(request, declared, known, form, twins=twins)
        return submitted(request, declared, form, known) or page_of(request, declared, known, form, status=422)
    form = form_of(request, declared, initial=initial_from(request.GET, declared))
    return page_of(request, declared, known, form, twins=twins_values(request, known, request.GET))


@_get_or_post
def edit_page(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """Change a record: all of its fields."""
    obj = find(request.user, known, pk)
    declared = standard(known.model, "edit")
    if declared is None or declared.hidden or not reaches(request.user, declared.permission, obj):
        raise Forbidden
    return action_page(request, known, declared, obj)


@_get_or_post
def do_page(request: Any, known: RecordType, pk: int, slug: str) -> HttpResponse:
    """Any other action of a record."""
    obj = find(request.user, known, pk)
    declared = action_by_slug(known, slug)
    if not reaches(request.user, declared.permission, obj):
        raise Forbidden
    return action_page(request, known, declared, obj)


def action_page(request: Any, known: RecordType, declared: Action, obj: Record) -> HttpResponse:
    """The form of an action on a record, and what becomes of it."""
    values = values_now(known, obj) if declared.verb == "edit" else None
    if request.method != "POST":
        initial = initial_from(request.GET, declared)
        return page_of(request, declared, known, form_of(request, declared, obj, values=values, initial=initial), obj)
    form = form_of(request, declared, obj, values=values, data=request.POST)
    try:
        answer = submitted(request, declared, form, known, obj)
    except Conflict as conflict:
        clash = clash_of(obj, conflict, form.cleaned_data, request.user, request.formats)
        return conflict_page(request, known, obj, conflict, clash)
    return answer or page_of(request, declared, known, form, obj, status=422)


def _columns(known: RecordType) -> dict[str, str]:
    """Attributes that hold the values of the editable fields."""
    columns = {c.name: c.attname for c in known.model._meta.concrete_fields}
    return {n: n if f.json_key else columns[f.path] for n, f in known.editable.items() if f.path in columns}


def values_now(known: RecordType, obj: Record) -> dict[str, Any]:
    """What the fields of an edit form hold: columns, and of fields without one what their cell says."""
    values = {n: getattr(obj, column, None) for n, column in _columns(known).items()}
    for name in known.editable.keys() - values.keys():
        cell = CELLS.get((known.name, name))
        if cell is not None and cell.typed is not None:
            values[name] = cell.typed(obj)
    return values


def form_of(request: Any, declared: Action, obj: Record | None = None, **options: Any) -> ActionForm:
    """The form of an action for the person who asks; about a record it offers what fits that record."""
    form = ActionForm(declared, user=request.user, formats=request.formats, **options)
    if obj is not None and declared.verb != "edit":
        form.among(obj)
    return form


def submitted(
    request: Any, declared: Action, form: ActionForm, known: RecordType, obj: Record | None = None
) -> HttpResponse | None:
    """Carry out what a form says; None where it has to be shown again.

    Raises:
        Conflict: When somebody else changed the same field.
        Forbidden, NotFound: As the action says.
    """
    if not form.is_valid():
        return None
    data = form.given()
    if declared.verb == "edit" and obj is not None:
        data = changed_only(obj, {n: v for n, v in data.items() if not form.untouched(n)})
    version = parse_id(request.POST.get("version", "")) if obj is not None else None
    once = once_given(request) if declared.verb == "create" else ""
    try:
        done = carry_out(declared, data, user=request.user, pk=obj.pk if obj else None, version=version, once=once)
    except (Forbidden, NotFound):
        raise
    except Conflict as conflict:
        if conflict.fields:
            raise
        form.told(conflict)
        return None
    except Refusal as refusal:
        form.told(refusal)
        return None
    return _after(request, declared, known, done, obj)


def _after(request: Any, declared: Action, known: RecordType, done: Done, obj: Record | None) -> HttpResponse:
    """Where one goes when it is done: back, to the record, or to what it is a part of."""
    in_dialog = request.headers.get("HX-Target") == "dialog-host" and not _back(request)
    if in_dialog and declared.verb == "create" and done.result is not None:
        created = {"id": done.result.pk, "label": title_of(done.result)}
        toast = {"text": done.text, "undo": done.undo_url}
        trigger = json.dumps({"created": created, "closed": True, "toast": toast})
        return HttpResponse(status=204, headers={"HX-Trigger": trigger})
    tell(request, done)
    record = done.result if isinstance(done.result, known.model) else obj
    url = _back(request) or _home_of(known, declared, record)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _back(request: Any) -> str:
    url = request.POST.get("next", "") or request.GET.get("next", "")
    return url if url and url_has_allowed_host_and_scheme(url, {request.get_host()}) else ""


def _home_of(known: RecordType, declared: Action, record: Record | None) -> str:
    from coordina.core.types import find_type

    if known.within and record is not None:
        parent: Any = known.model._meta.get_field(known.within)
        far = find_type(parent.related_model)
        if far is not None:
            return address("web:detail", far.url, getattr(record, parent.attname))
    if declared.verb == "delete" or record is None or record.pk is None:
        return address("web:list", known.url)
    return address("web:detail", known.url, record.pk)


@_get_or_post
def edit_cell(request: Any, known: RecordType, pk: int, name: str) -> HttpResponse:
    """One field of a record, edited where it stands."""
    obj = find(request.user, known, pk)
    declared = standard(known.model, "edit")
    if declared is None or declared.hidden or not reaches(request.user, declared.permission, obj):
        raise Forbidden
    if name not in known.sight(request.user).editable:
        raise NotFound
    values = {name: values_now(known, obj).get(name)}
    form = form_of(
        request, declared, only=(name,), values=values, data=request.POST if request.method == "POST" else None
    )
    if request.method == "POST":
        return cell_answer(request, known, declared, obj, name, form)
    if not request.headers.get("HX-Request"):
        return redirect(address("web:edit", known.url, pk))
    return cell_form(request, obj, name, form)
