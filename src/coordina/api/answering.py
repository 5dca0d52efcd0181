"""From a request to its answer: who calls, which operation, and whatever is refused as a problem."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core import signals
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pydantic_core import to_json

from coordina.api import files, naming, openapi, undoing
from coordina.api.beside import BESIDE, Answer
from coordina.api.inputs import object_of
from coordina.api.lists import listed
from coordina.api.many import many
from coordina.api.operations import Does, Operation, table
from coordina.api.problems import Problem, problem, unavailable
from coordina.api.reading import names_in, read_rows, usual
from coordina.api.visitors import Visitor, language_of, pace_headers, visitor_of
from coordina.api.writing import Written, seen_in, write
from coordina.core.changes import Values
from coordina.core.outages import OUTAGE
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import RecordType
from coordina.ledger.models import ChangeSet

log = logging.getLogger("coordina.api")
ROOT = "/api/v1"


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to any request below `/api/v1`; a fault of ours is told as such, and nothing of it."""
    try:
        return _answer(request)
    except OUTAGE as fault:
        log.exception("%s %s", request.method, request.path)
        with translation.override(language_of(request) or "es"):
            return _sealed(problem(unavailable(fault)))


def _answer(request: HttpRequest) -> HttpResponseBase:
    with translation.override(language_of(request) or "es"):
        try:
            visitor = visitor_of(request)
        except Refusal as refusal:
            return _sealed(problem(refusal))
    with translation.override(visitor.language), timezone.override(visitor.setting.zone):
        given: HttpResponseBase
        try:
            given = _answered(request, visitor)
        except Refusal as refusal:
            given = problem(refusal)
        except OUTAGE:
            raise
        except Exception:
            signals.got_request_exception.send(sender=answer, request=request)
            log.exception("%s %s", request.method, request.path)
            given = problem(Problem("fault", _("Something went wrong on our side. Try again."), status=500))
        for name, value in pace_headers(visitor.pace).items():
            given.headers[name] = value
        given.headers["Content-Language"] = visitor.language
        return _sealed(given)


def _sealed(given: HttpResponseBase) -> HttpResponseBase:
    """What every answer says to caches: it is for whoever holds this token, and for now."""
    if "ETag" in given.headers:
        given.headers["Cache-Control"] = "private, no-cache"
    given.headers.setdefault("Cache-Control", "no-store")
    given.headers["Vary"] = "Authorization, Accept-Language"
    return given


def _json(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(value), status=status, content_type="application/json")


def _answered(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Find the operation and do it.

    Raises:
        Refusal: Whatever may not be done.
    """
    path = request.path_info.removeprefix(ROOT).strip("/")
    parts = tuple(path.split("/")) if path else ()
    method = "GET" if request.method == "HEAD" else request.method or ""
    own = _own(request, visitor, parts)
    if own is not None:
        return _allowed(own, method)()
    found, ref = table().at(parts)
    if not found:
        raise NotFound
    operation: Operation = _allowed(found, method)
    visitor.need(operation.known, writes=operation.does.writes)
    return DOES[operation.does](request, visitor, operation, ref)


def _allowed[T](offered: dict[str, T], method: str) -> T:
    """What answers a method at an address.

    Raises:
        Problem: With the methods there are.
    """
    if method not in offered:
        allowed = ", ".join([*offered, *(["HEAD"] if "GET" in offered else [])])
        raise Problem("method", _("This address does not know that method."), status=405, headers={"Allow": allowed})
    return offered[method]


def _own(request: HttpRequest, visitor: Visitor, parts: tuple[str, ...]) -> dict[str, Answer] | None:
    """The addresses that belong to no record type; None for all others."""
    if parts == ("me",):
        return {"GET": lambda: _json(_me(visitor))}
    if parts == ("openapi.json",):
        return {"GET": lambda: _json(openapi.document(visitor.user))}
    if parts[:1] == ("changes",) and len(parts) in (2, 3):
        pk = parse_id(parts[1])
        if pk is None or parts[2:] not in ((), ("undo",)):
            raise NotFound
        return {"POST": partial(_undo, request, visitor, pk)} if parts[2:] else {"GET": partial(_change, visitor, pk)}
    beside = BESIDE.get(parts[0]) if parts else None
    return beside.answers(request, visitor, parts[1:]) if beside is not None else None


def _me(visitor: Visitor) -> dict[str, Any]:
    """Who calls, and what the token may do."""
    bearer, user = visitor.bearer, visitor.user
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "token": {
            "name": bearer.name,
            "access": "write" if bearer.writes else "read",
            "types": list(bearer.types),
            "expires_on": bearer.expires_on,
        },
        "language": visitor.language,
        "time_zone": visitor.setting.zone.key,
        "currency": visitor.currency,
    }


def _change(visitor: Visitor, pk: int) -> HttpResponse:
    return _json(undoing.told(visitor, undoing.found(visitor, pk)))


def _undo(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    if not visitor.bearer.writes:
        raise Problem("scope", _("This token may only read."), status=403)
    body = object_of(request)
    force = body.get("force", False)
    if body.keys() - {"force"} or not isinstance(force, bool):
        raise Problem("json", _("Send an object with “force”, true or false, or nothing."))
    status, said = undoing.taken_back(visitor, undoing.found(visitor, pk), force=force)
    return _json(said, status)


# Kinds of operation ---------------------------------------------------------------------------------------------------


def _need_view(visitor: Visitor, known: RecordType) -> None:
    """Refuse who may see no record of a type at all.

    Raises:
        Problem: With code `forbidden`.
    """
    if not visitor.user.may(known.model.view_permission()):
        raise Problem("forbidden", _("Your role does not allow this."), status=403)


def _list(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    assert operation.known is not None
    _need_view(visitor, operation.known)
    return _json(listed(visitor, operation.known, request.GET.dict()))


def _read(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    known = operation.known
    assert known is not None
    _need_view(visitor, known)
    if unknown := request.GET.keys() - {"fields"}:
        raise Problem("parameter", _("There is no parameter “%(name)s” here.") % {"name": min(unknown)[:40]})
    pk = naming.find(known.model, ref, visitor.user)
    asked = request.GET.get("fields", "")
    names = names_in(known, asked, visitor.user) if asked else usual(known, visitor.user)
    row = _row(visitor, known, pk, names)
    if row is None:
        raise NotFound
    etag = f'"{row["version"]}"'
    wanted = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    given = HttpResponse(status=304) if etag in wanted else _json(row)
    given.headers["ETag"] = etag
    return given


def _row(visitor: Visitor, known: RecordType, pk: int, names: list[str]) -> Values | None:
    """One record that the visitor sees, as JSON; None where they do not."""
    if one(known.model, pk, visitor.user) is None:
        return None
    rows = read_rows(known, [pk], names, visitor.user, visitor.currency)
    return rows[0] if rows else None


def _write(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    """One row of an action: the answer is the record as it is now, where the visitor still sees it."""
    key = request.headers.get("Idempotency-Key", "")
    done = write(visitor, operation, object_of(request), ref=ref, seen=seen_in(request), key=key)
    return _told(visitor, operation, done)


def _files(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    return _json(files.files_of(visitor, operation, ref, request.GET.dict()))


def _download(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponseBase:
    assert operation.known is not None
    _need_view(visitor, operation.known)
    return files.download(visitor, ref)


def _upload(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    done = files.upload(request, visitor, operation, ref, request.headers.get("Idempotency-Key", ""))
    return _told(visitor, operation, done)


def _told(visitor: Visitor, operation: Operation, done: Written) -> HttpResponse:
    row: Values | None = None
    if operation.does is not Does.DELETE and done.known is not None and done.pk is not None:
        row = _row(visitor, done.known, done.pk, usual(done.known, visitor.user))
    given = _json(row, operation.status) if row is not None else HttpResponse(status=204)
    if row is not None and done.known is not None:
        given.headers["ETag"] = f'"{row["version"]}"'
        if operation.does in (Does.CREATE, Does.UPLOAD):
            given.headers["Location"] = f"{ROOT}/{done.known.url}/{done.pk}"
    if done.again:
        given.headers["Idempotent-Replay"] = "true"
    return _with_change(given, done.change_set)


def _many(request: HttpRequest, visitor: Visitor, operation: Operation, ref: str) -> HttpResponse:
    said, change_set = many(visitor, operation, object_of(request), key=request.headers.get("Idempotency-Key", ""))
    return _with_change(_json(said), change_set)


def _with_change(given: HttpResponse, change_set: ChangeSet | None) -> HttpResponse:
    """Name the change set, by which it can be undone."""
    if change_set is not None:
        given.headers["Change-Set"] = str(change_set.pk)
    return given


type Doer = Callable[[HttpRequest, Visitor, Operation, str], HttpResponseBase]
DOES: dict[Does, Doer] = {does: _many if does.many else _write for does in Does if does.writes}
DOES |= {Does.LIST: _list, Does.READ: _read}
DOES |= {Does.FILES: _files, Does.UPLOAD: _upload, Does.DOWNLOAD: _download}
