"""Uploading, downloading, renaming and removing files."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.core.outages import OUTAGE
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.storing.stores import FilesAway
from coordina.core.types import type_of
from coordina.records.actions import attach_file, delete_file, rename_file
from coordina.records.files import discard, keep, opened, read_ticket
from coordina.records.models import Attachment
from coordina.records.views.acting import act, hung, page_values, record_at, told, url_of


@require_POST
def upload(request: Any, url: str, pk: int) -> HttpResponse:
    """Keep files with a record; each that cannot be kept is said with its reason."""
    record = record_at(request.user, url, pk)
    if not request.user.may(Attachment.permission("add")):
        raise Forbidden
    given = request.FILES.getlist("file")
    if not given:
        messages.warning(request, _("Choose a file first."))
    once = request.POST.get("once", "")
    for number, each in enumerate(given):
        _keep_one(request, record, each, once=f"{once}:{number}" if once else "", first=not number)
    return redirect(f"{url_of(record)}#files")


def _keep_one(request: Any, record: Any, given: Any, *, once: str, first: bool) -> None:
    """Keep one file of a form, or say why not. Where the store is away with the first, nothing was saved at all."""
    try:
        kept, undo_url = attach(request, record, given, once=once)
    except FilesAway:
        if first:
            raise
        messages.warning(request, _("“%(name)s” was not added: try again in a moment.") % {"name": given.name[:80]})
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.warning(request, refused(given.name, refusal))
    else:
        told(request, record, _("File added: %(name)s") % {"name": kept.name if kept else given.name}, undo_url)


def attach(request: Any, record: Any, given: Any, *, once: str = "") -> tuple[Attachment | None, str]:
    """Keep the bytes, then put the row in place; bytes whose row is refused or there already go again.

    Args:
        request: Whose.
        record: Where the file belongs.
        given: The upload.
        once: Names this file of this form: sent twice it is kept once.

    Raises:
        Refusal: Too large, empty, or not allowed.
    """
    ticket = keep(given.chunks())
    key = f"{once}:{read_ticket(ticket).digest[:16]}" if once else ""
    try:
        kept, undo_url = act(
            request,
            attach_file,
            once=key,
            subject_type=type_of(record).model._meta.label,
            subject_id=record.pk,
            name=given.name or "",
            ticket=ticket,
        )
    except OUTAGE:  # nobody knows whether the row was written: without its bytes it would be worth nothing
        raise
    except BaseException:
        discard(ticket)
        raise
    if kept is None or kept.path != read_ticket(ticket).path:  # it was there already
        discard(ticket)
    return kept, undo_url


def refused(name: str, refusal: Refusal) -> str:
    """Why a file was not kept."""
    reasons = " ".join(m for found in refusal.errors.values() for m in found)
    return _("“%(name)s” was not added. %(reason)s") % {"name": name[:80], "reason": reasons}


@require_safe
def download(request: Any, pk: int) -> FileResponse:
    """The bytes, always as something to save: a browser never shows or runs them."""
    kept, _record = hung(Attachment, request.user, pk)
    return handed_out(kept)


def handed_out(kept: Attachment) -> FileResponse:
    """The bytes of a file with what keeps a browser from showing or running them.

    Raises:
        NotFound: When they are gone.
    """
    response = FileResponse(
        opened(kept), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: Any, pk: int) -> HttpResponse:
    """Call a file something else."""
    kept, record = hung(Attachment, request.user, pk)
    name, error, status = request.POST.get("name", kept.name), "", 200
    if request.method == "POST":
        try:
            _kept, undo_url = act(request, rename_file, pk=pk, name=name)
            return told(request, record, _("File renamed"), undo_url)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            error, status = "; ".join(m for found in refusal.errors.values() for m in found), 422
    values = page_values(record) | {"file": kept, "name": name, "error": error}
    return render(request, "records/file.html", values, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Any, pk: int) -> HttpResponse:
    """Take a file off its record; it can be brought back."""
    kept, record = hung(Attachment, request.user, pk)
    if request.method == "POST":
        _kept, undo_url = act(request, delete_file, pk=pk)
        return told(request, record, _("File deleted: %(name)s") % {"name": kept.name}, undo_url)
    return render(request, "records/file_delete.html", page_values(record) | {"file": kept})
