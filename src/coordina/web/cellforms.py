"""Editing one field in place: the little form, and the cell as it is after."""

import json
from typing import Any

from django.forms import Select
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordina.core.actions import Action
from coordina.core.cells import CELLS
from coordina.core.keyset import rows
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Forbidden, NotFound, Refusal
from coordina.core.types import RecordType
from coordina.web.doing import carry_out, clash_of
from coordina.web.forms import ActionForm
from coordina.web.rows import columns_of
from coordina.web.values import drawer


def cell_form(request: Any, obj: Record, name: str, form: ActionForm, *, status: int = 200) -> HttpResponse:
    """The form that takes the place of a cell's content."""
    bound = form[name]
    look = "input select" if isinstance(bound.field.widget, Select) else "input"
    control = bound.as_widget(attrs={"class": look, "aria-label": str(bound.label)})
    values = {"bound": bound, "control": control, "version": obj.version, "action": request.get_full_path()}
    return render(request, "web/generic/cell_form.html", values, status=status)


def cell_answer(
    request: Any, known: RecordType, declared: Action, obj: Record, name: str, form: ActionForm
) -> HttpResponse:
    """Save and show the cell, or the form again with what is wrong; what was typed stays."""
    if not form.is_valid():
        return cell_form(request, obj, name, form, status=422)
    version = parse_id(request.POST.get("version", ""))
    try:
        done = carry_out(declared, form.cleaned_data, user=request.user, pk=obj.pk, version=version)
    except (Forbidden, NotFound):
        raise
    except Conflict as conflict:
        form.add_error(name, _clash_text(request, obj, conflict, form))
        return cell_form(request, obj, name, form, status=409)
    except Refusal as refusal:
        for message in (m for messages in refusal.errors.values() for m in messages):
            form.add_error(name, message)
        return cell_form(request, obj, name, form, status=422)
    response = HttpResponse(cell_html(request, known, obj.pk, name))
    if done.undo_url:
        response["HX-Trigger"] = json.dumps({"toast": {"text": done.text, "undo": done.undo_url}})
    return response


def _clash_text(request: Any, obj: Record, conflict: Conflict, form: ActionForm) -> str:
    """Who changed it to what, and the two ways out; the form now holds the newer version, so saving again replaces."""
    clash = clash_of(obj, conflict, form.cleaned_data, request.user, request.formats)
    if clash is None:
        return str(conflict)
    return _("%(who)s changed this to %(value)s meanwhile. Save again to replace it, or leave it with Escape.") % {
        "who": clash.who or _("Somebody"),
        "value": clash.theirs,
    }


def cell_html(request: Any, known: RecordType, pk: int, name: str) -> str:
    """What a cell shows: short in a list, whole on the record's page (`?on=record`)."""
    found = columns_of(known, (name,), request.user, request.formats)
    if not found:
        return ""
    column = found[0]
    if not known.model.objects.visible_to(request.user).filter(pk=pk).exists():
        return ""  # who edited it may have given it away
    values = rows(known.model, [pk], *column.paths)
    whole = request.GET.get("on") == "record" and (known.name, name) not in CELLS
    draw = drawer(column.field, request.formats, whole=True) if whole else column.draw
    return draw(values[0][1:])
