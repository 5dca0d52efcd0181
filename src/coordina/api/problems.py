"""Refusals as machines read them: `application/problem+json` (RFC 9457) with a stable code and pointers to fields."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic_core import to_json

from coordina.core.filters import BadFilter
from coordina.core.outages import retry_after
from coordina.core.refusals import Refusal, Text
from coordina.core.storing.stores import FilesAway

TYPE = "application/problem+json"
PLACE = "/api/docs/#problem-"
"""Where a problem is explained; its code follows."""


class Problem(Refusal):
    """Something that only this door refuses: an address, a header or a token that makes no sense.

    Args:
        code: Stable name for machines.
        message: Sentence for people.
        status: Of the answer.
        headers: Of the answer.
        more: Further members of the body.
    """

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        status: int = 400,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, message, status=status, field=field)
        self.headers, self.more = dict(headers or {}), dict(more or {})


def body_of(refusal: Refusal, status: int) -> dict[str, Any]:
    """The members of a problem."""
    found: dict[str, Any] = {
        "type": f"{PLACE}{refusal.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(refusal),
        "code": refusal.code,
    }
    if isinstance(refusal, BadFilter):
        return found | ({"position": refusal.at} if refusal.at is not None else {})
    if errors := errors_of(refusal):
        found["errors"] = errors
    return found | getattr(refusal, "more", {})


def errors_of(refusal: Refusal) -> list[dict[str, str]]:
    """Its messages that belong to a field, each with a pointer into the body."""
    return [
        {"pointer": f"/{_pointer(name)}", "detail": message}
        for name, messages in refusal.errors.items()
        for message in messages
        if name
    ]


def problem(refusal: Refusal) -> HttpResponse:
    """The answer to something that may not be done."""
    status = 400 if isinstance(refusal, BadFilter) else refusal.status
    answer = HttpResponse(to_json(body_of(refusal, status)), status=status, content_type=TYPE)
    for name, value in getattr(refusal, "headers", {}).items():
        answer.headers[name] = value
    return answer


def unavailable(fault: BaseException) -> Problem:
    """What is said while the database or the bucket of files is away for a moment."""
    message = _("The database cannot be reached just now. Send the same request again in a moment.")
    if isinstance(fault, FilesAway):
        message = _("The files cannot be reached just now. Send the same request again in a moment.")
    return Problem("unavailable", message, status=503, headers={"Retry-After": str(retry_after(fault))})


def _pointer(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
