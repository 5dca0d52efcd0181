"""A record's page, and its lazy panels."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordina.core.addresses import address
from coordina.core.panels import PANELS
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.records.models import Merged
from coordina.web.access import find
from coordina.web.layouts import layout_of
from coordina.web.recordpage import crumbs_of, drawn_panel, page_of_record


@require_safe
def detail_page(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """A record; types that are only parts have no page."""
    if known.within:
        raise NotFound
    try:
        page = page_of_record(request, known, pk)
    except NotFound:
        return moved_to(request, known, pk)
    values = {
        "layout": layout_of(known),
        "page": page,
        "crumbs": crumbs_of(page),
        "created": request.formats.exact(page.obj.created_at),
        "changed": request.formats.exact(page.obj.changed_at),
        "history_url": address("web:history", known.url, pk),
        "edit_url": address("web:edit", known.url, pk) if page.may_edit else "",
    }
    return render(request, "web/generic/detail.html", values)


def moved_to(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """The record into which another was merged: old links lead there.

    Raises:
        NotFound: When there is none that the person may see.
    """
    gone = Merged.objects.visible_to(request.user).filter(subject_type=known.model._meta.label, gone_id=pk).first()
    if gone is None:
        raise NotFound
    find(request.user, known, gone.subject_id)
    messages.info(request, _("“%(name)s” was merged into this record.") % {"name": gone.name})
    return redirect("web:detail", known.url, gone.subject_id)


@require_safe
def panel_fragment(request: Any, known: RecordType, pk: int, name: str) -> HttpResponse:
    """One panel of a record, fetched after the page."""
    obj = find(request.user, known, pk)
    panel = PANELS.get(name)
    if panel is None or not panel.slot.startswith(f"{known.name}.") or not request.user.may(panel.permission):
        raise NotFound
    return HttpResponse(drawn_panel(request, obj, panel))
