"""Writing, changing and deleting notes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordina.core.refusals import Forbidden
from coordina.records.actions import NOT_YOURS, delete_note, edit_note
from coordina.records.models import Note
from coordina.records.views.acting import act, hung, page_values, rewriting, told


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: Any, pk: int) -> HttpResponse:
    """Change one's own note."""
    note, record = hung(Note, request.user, pk)
    if note.owner_id != request.user.pk:
        raise Forbidden(NOT_YOURS)

    def save(text: str) -> HttpResponse:
        _note, undo_url = act(request, edit_note, pk=pk, text=text)
        return told(request, record, _("Note saved"), undo_url)

    def show(typed: dict[str, str], status: int) -> HttpResponse:
        return render(request, "records/note.html", page_values(record) | {"note": note} | typed, status=status)

    return rewriting(request, note, save, show)


@require_http_methods(["GET", "HEAD", "POST"])
def note_delete(request: Any, pk: int) -> HttpResponse:
    """Delete one's own note; it can be brought back."""
    note, record = hung(Note, request.user, pk)
    if request.method == "POST":
        _note, undo_url = act(request, delete_note, pk=pk)
        return told(request, record, _("Note deleted"), undo_url)
    return render(request, "records/note_delete.html", page_values(record) | {"note": note})
