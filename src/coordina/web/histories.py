"""The history of one record."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordina.core.addresses import address
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.ledger.history import history
from coordina.records.models import Merged
from coordina.web.access import find
from coordina.web.doing import title_of
from coordina.web.historypage import entries_of
from coordina.web.layouts import layout_of
from coordina.web.listpage import capital

SHOWN = 50


@require_safe
def history_page(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """Who changed what, newest first, each with its undo."""
    if known.within:
        raise NotFound
    obj = find(request.user, known, pk)
    before = parse_id(request.GET.get("before", ""))
    merged = Merged.of(obj).order_by("-pk").values_list("gone_id", flat=True)[:SHOWN]
    label = known.model._meta.label
    events = history([(label, pk), *((label, gone) for gone in merged)], limit=SHOWN + 1, before=before)
    entries = entries_of(known, events[:SHOWN], request.user, request.formats, timezone.now())
    title, url = title_of(obj), address("web:detail", known.url, pk)
    values = {
        "layout": layout_of(known),
        "title": title,
        "entries": entries,
        "next_url": f"?before={events[SHOWN - 1].change_set.pk}" if len(events) > SHOWN else "",
        "crumbs": [(capital(known.plural), address("web:list", known.url)), (title, url)],
        "back": url,
    }
    return render(request, "web/generic/history.html", values)
