"""The page, or the dialog, of an action's form."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import Action, foretold
from coordina.core.addresses import address
from coordina.core.deletion import RecordedCollector
from coordina.core.records import Record
from coordina.core.refusals import Conflict
from coordina.core.types import RecordType, find_type
from coordina.web.doing import Clash, heading_of, held_text, title_of
from coordina.web.forms import ActionForm, sections_of
from coordina.web.layouts import layout_of
from coordina.web.listpage import capital


def page_of(
    request: Any,
    declared: Action,
    known: RecordType,
    form: ActionForm,
    obj: Record | None = None,
    *,
    status: int = 200,
    twins: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show a form: as a dialog where htmx asks for one, else as a page; with what may be there already."""
    title = title_of(obj) if obj is not None else ""
    told, blocked = consequences(obj, request.user) if declared.verb == "delete" and obj is not None else ("", False)
    if obj is not None and not told:
        told = foretold(declared, obj, request.user)
    values = {
        "consequences": told,
        "blocked": blocked,
        "layout": layout_of(known),
        "known": known,
        "declared": declared,
        "form": form,
        "sections": sections_of(form, known),
        "heading": heading_of(declared, known, title),
        "submit": _("Save")
        if declared.verb == "edit"
        else _("Create")
        if declared.verb == "create"
        else declared.label,
        "obj": obj,
        "version": obj.version if obj is not None else None,
        "once": once_of(request) if declared.verb == "create" else "",
        "crumbs": _crumbs(known, obj, title),
        "cancel_url": _cancel(request, known, obj),
        "action": request.get_full_path(),
        "next": request.POST.get("next", "") or request.GET.get("next", ""),
        "warning": declared.warning if not declared.undoable else "",
        **(twins or {}),
    }
    dialog = request.headers.get("HX-Target") == "dialog-host"
    return render(request, f"web/generic/{'form_dialog' if dialog else 'form'}.html", values, status=status)


def once_of(request: Any) -> str:
    """What makes sending a form twice make one record: kept while the same form is corrected."""
    return once_given(request) or secrets.token_urlsafe(12)


def once_given(request: Any) -> str:
    """The key that a form was sent with; empty where it is none of ours."""
    given = str(request.POST.get("once", ""))
    return given if re.fullmatch(r"[\w-]{1,40}", given, re.ASCII) else ""


def _crumbs(known: RecordType, obj: Record | None, title: str) -> list[tuple[str, str]]:
    found = [] if known.within else [(capital(known.plural), address("web:list", known.url))]
    if obj is not None and not known.within:
        found.append((title, address("web:detail", known.url, obj.pk)))
    return found


def _cancel(request: Any, known: RecordType, obj: Record | None) -> str:
    from coordina.web.edits import _back

    if url := _back(request):
        return url
    if known.within and obj is not None:
        parent: Any = known.model._meta.get_field(known.within)
        far = find_type(parent.related_model)
        return address("web:detail", far.url, getattr(obj, parent.attname)) if far else "/"
    if known.within:
        return "/"
    return address("web:detail", known.url, obj.pk) if obj is not None else address("web:list", known.url)


def consequences(obj: Record, user: User) -> tuple[str, bool]:
    """What goes along when a record is deleted, counted; or what stands in the way.

    Returns:
        The sentence, and whether it cannot be deleted now.
    """
    collector = RecordedCollector(using="default")
    try:
        collector.collect([obj])
    except ProtectedError as held:
        return held_text(held, user), True
    own = type(obj)
    counted = {str(m._meta.verbose_name_plural): len(rows) for m, rows in collector.data.items() if m is not own}
    if not counted:
        return _("Nothing else goes along. You can undo it."), False
    words = ", ".join(f"{noun} ({count})" for noun, count in sorted(counted.items()))
    return _("With it go: %(records)s. You can undo it.") % {"records": words}, False


def conflict_page(
    request: Any, known: RecordType, obj: Record, conflict: Conflict, clash: Clash | None
) -> HttpResponse:
    """Both values, who and when; what the person typed rides along, to be put in place if they say so."""
    back = address("web:detail", known.url, obj.pk) if not known.within else "/"
    values: dict[str, Any] = {"message": str(conflict), "back_url": back}
    if clash is not None:
        hidden = {n: v for n, v in request.POST.items() if n not in ("csrfmiddlewaretoken", "version")}
        values["conflict"] = {
            "title": capital(clash.field.label),
            "mine": clash.mine,
            "theirs": clash.theirs,
            "who": clash.who or _("Somebody"),
            "when": clash.when,
            "action": request.get_full_path(),
            "hidden": hidden | {"version": obj.version},
        }
    template = "web/409.html"
    return render(request, template, values, status=409)
