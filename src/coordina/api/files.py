"""Files of records for programs: kept by multipart upload, listed, and handed out as something to save, as on pages."""

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import FileResponse, HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from coordina.api import naming
from coordina.api.lists import listed
from coordina.api.operations import Does, Operation
from coordina.api.problems import Problem
from coordina.api.visitors import Visitor
from coordina.api.writing import DOOR, Written, once
from coordina.core.actions import of
from coordina.core.outages import OUTAGE
from coordina.core.refusals import Forbidden
from coordina.core.types import RecordType, type_of
from coordina.ledger.change_sets import AlreadyDone, just_written
from coordina.ledger.doors import submit
from coordina.ledger.once import made_before
from coordina.records.actions import attach_file
from coordina.records.files import discard, keep, read_ticket, too_large
from coordina.records.models import Attachment
from coordina.records.views.acting import hung
from coordina.records.views.files import handed_out

PART = "file"
"""Name of the part that holds the bytes."""


def files_of(visitor: Visitor, operation: Operation, ref: str, asked: dict[str, str]) -> dict[str, Any]:
    """One page of the files of a record.

    Raises:
        NotFound: For a record that the visitor does not see.
        Problem: For parameters that there are not, and where the token or the role covers no files.
    """
    pk, label = _record(visitor, operation, ref)
    return listed(visitor, type_of(Attachment), asked, within=Q(subject_type=label, subject_id=pk))


def download(visitor: Visitor, ref: str) -> FileResponse:
    """The bytes of a file, with the headers that pages give them.

    Raises:
        NotFound: When there is none that the visitor may see.
    """
    kept, _record = hung(Attachment, visitor.user, naming.find(Attachment, ref, visitor.user))
    return handed_out(kept)


def upload(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str, key: str) -> Written:
    """Keep the bytes of the part `file` with a record; sent again under the same key they are kept once.

    Raises:
        NotFound, Forbidden: As for any record.
        Problem: For a request that is no multipart form with one file.
        Refusal: For a file that is empty, too large or not allowed.
    """
    pk, label = _record(visitor, operation, ref)
    if not visitor.user.may(Attachment.permission("add")):
        raise Forbidden
    given = _given(request)
    declared = of(attach_file)
    ticket = keep(given.chunks())
    whole = None
    try:
        whole = once(visitor, declared, key, [ref, given.name, read_ticket(ticket).digest])
        said = {"subject_type": label, "subject_id": pk, "name": given.name or "", "ticket": ticket}
        made = submit(declared, said, by=visitor.user, via=DOOR, key=whole, at=visitor.at)
    except AlreadyDone as done:
        discard(ticket)
        before = made_before(declared, done.change_set)
        return Written(type_of(Attachment), before.pk if before is not None else None, done.change_set, again=True)
    except OUTAGE:  # nobody knows whether the row was written: without its bytes it would be worth nothing
        raise
    except BaseException:
        discard(ticket)
        raise
    return Written(type_of(Attachment), made.pk, just_written(visitor.user, visitor.at))


def _record(visitor: Visitor, operation: Operation, ref: str) -> tuple[int, str]:
    """Id and model label of the record in the address; the token has to cover its files, too."""
    known: RecordType | None = operation.known
    assert known is not None
    visitor.need(type_of(Attachment), writes=operation.does is Does.UPLOAD)
    if not visitor.user.may(known.model.view_permission()) or not visitor.user.may(Attachment.view_permission()):
        raise Problem("forbidden", _("Your role does not allow this."), status=403)
    return naming.find(known.model, ref, visitor.user), known.model._meta.label


def _given(request: HttpRequest) -> UploadedFile:
    """The one file that a request brings."""
    if request.content_type != "multipart/form-data":
        message = _("Send the file as multipart/form-data, in a part called “file”.")
        raise Problem("media_type", message, status=415)
    try:
        files = request.FILES
    except RequestDataTooBig:
        raise too_large() from None
    except (MultiPartParserError, BadRequest, ValueError):
        raise Problem("multipart", _("The body is no multipart form that can be read.")) from None
    given = files.getlist(PART)
    if len(given) != 1 or len(files) != 1:
        raise Problem("multipart", _("Send one file in a part called “file”."), status=422)
    return given[0]
