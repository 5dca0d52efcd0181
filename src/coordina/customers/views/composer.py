"""Logging from the page of a record."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordina.activity.views import comments
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.actions import log_interaction
from coordina.customers.composing import COMMENT, composer_values, read_composer
from coordina.customers.models import Interaction
from coordina.records.actions import add_note
from coordina.records.panels import timeline_values
from coordina.records.views.acting import act, answered, page_values, record_at


@require_POST
def log(request: Any, url: str, pk: int) -> HttpResponse:
    """Log an interaction, or write a note; a fragment where htmx asks, else back to the record."""
    record = record_at(request.user, url, pk)

    def shown() -> HttpResponse:
        values = timeline_values(record, request.user, request.formats) | composer_values(record, request.user)
        return render(request, "customers/logged.html", values)

    return answered(request, record, write, shown=shown, refused=lambda why: _refused(request, record, why))


def write(request: Any, record: Record) -> tuple[str, str]:
    """Log what was typed.

    Returns:
        What the toast says, and the address that undoes it.

    Raises:
        Refusal: By field.
    """
    typed = {name: str(request.POST.get(name, "")) for name in request.POST}
    if typed.get("kind") == COMMENT:
        return comments.write(request, record)
    once = typed.get("once", "")
    about = {"subject_type": type_of(record).model._meta.label, "subject_id": record.pk}
    if typed.get("kind") == "note":
        _note, undo_url = act(request, add_note, once=once, text=typed.get("text", ""), **about)
        return _("Note saved"), undo_url
    closed = type_of(Interaction).sight(request.user).closed
    said = {name: value for name, value in read_composer(typed).items() if name not in closed}
    made, undo_url = act(request, log_interaction, once=once, **said, **about)
    return _("Logged: %(title)s") % {"title": made.summary[:80] if made else ""}, undo_url


def _refused(request: Any, record: Record, refusal: Refusal) -> HttpResponse:
    """The composer again, with what was typed and why it was refused."""
    values = composer_values(record, request.user, typed=request.POST.dict(), errors=refusal.errors)
    if not request.headers.get("HX-Request"):
        return render(request, "customers/composer_page.html", values | page_values(record), status=422)
    response = render(request, "customers/composer.html", values, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
    return response
