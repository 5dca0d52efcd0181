"""A record's page, and its lazy panels."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coordina.core.panels import PANELS
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.web.access import find
from coordina.web.layouts import layout_of
from coordina.web.recordpage import crumbs_of, drawn_panel, page_of_record


@require_safe
def detail_page(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """A record; types that are only parts have no page."""
    if known.within:
        raise NotFound
    page = page_of_record(request, known, pk)
    values = {
        "layout": layout_of(known),
        "page": page,
        "crumbs": crumbs_of(page),
        "created": request.formats.exact(page.obj.created_at),
        "changed": request.formats.exact(page.obj.changed_at),
        "history_url": reverse("web:history", args=(known.url, pk)),
        "edit_url": reverse("web:edit", args=(known.url, pk)) if page.may_edit else "",
    }
    return render(request, "web/generic/detail.html", values)


@require_safe
def panel_fragment(request: Any, known: RecordType, pk: int, name: str) -> HttpResponse:
    """One panel of a record, fetched after the page."""
    obj = find(request.user, known, pk)
    panel = PANELS.get(name)
    if panel is None or not panel.slot.startswith(f"{known.name}.") or not request.user.may(panel.permission):
        raise NotFound
    return HttpResponse(drawn_panel(request, obj, panel))
