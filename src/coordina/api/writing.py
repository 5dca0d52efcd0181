"""Actions called by programs: create, edit, delete, and all others; once by key, never over somebody's work."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import DataError
from django.db.models import ProtectedError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic_core import to_json

from coordina.api import naming
from coordina.api.inputs import prepared
from coordina.api.operations import Does, Operation
from coordina.api.problems import Problem
from coordina.api.reading import read_rows, usual
from coordina.api.visitors import Visitor
from coordina.core.actions import Action
from coordina.core.changes import Values
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Invalid, Refusal
from coordina.core.types import RecordType, find_type
from coordina.ledger.change_sets import AlreadyDone, just_written
from coordina.ledger.doors import submit
from coordina.ledger.history import values_at
from coordina.ledger.models import ChangeSet
from coordina.ledger.once import made_before
from coordina.web.doing import held_text

DOOR = "rest"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Written:
    """What came of an action.

    Attributes:
        known, pk: The record it gave back, where that is one.
        change_set: What it wrote; None for nothing.
        again: Whether it had been done before with the same key.
    """

    known: RecordType | None
    pk: int | None
    change_set: ChangeSet | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Which version of a record a program has seen.

    Attributes:
        exact: Whether any other is to be refused (`If-Match`), rather than joined with where other fields changed.
    """

    version: int | None = None
    exact: bool = False


def write(
    visitor: Visitor, operation: Operation, data: Values, *, ref: str, seen: Seen, key: str, via: str = DOOR
) -> Written:
    """Do what an operation says.

    Args:
        visitor: Who calls.
        operation: One row of an action.
        data: The body.
        ref: What names the record in the address; empty where there is none.
        seen: The version.
        key: `Idempotency-Key`; empty for none.
        via: The door.

    Raises:
        Refusal: Whatever may not be done.
    """
    declared = operation.declared
    assert declared is not None
    whole = once(visitor, declared, key, [ref, data])
    done_before = ChangeSet.objects.filter(key=whole).first() if whole else None
    if done_before is not None and operation.does is Does.DELETE:
        return Written(None, None, done_before, again=True)
    pk = naming.find(declared.model, ref, visitor.user) if ref else None
    given = prepared(declared, [data], visitor.user, visitor.currency)[0]
    if isinstance(given, Invalid):
        raise given
    try:
        result = submit(
            declared, given, by=visitor.user, via=via, pk=pk, version=seen.version, exact=seen.exact,
            key=whole, at=visitor.at,
        )  # fmt: skip
    except AlreadyDone as done:
        return _before(operation, done.change_set, pk)
    except Conflict as conflict:
        raise _clash(visitor, operation, conflict, pk, seen) from None
    except ProtectedError as held:
        raise Refusal("held", held_text(held, visitor.user), status=409) from None
    except (DataError, OverflowError):
        raise Refusal("invalid", _("One of the values is too large.")) from None
    return _written(visitor, operation, result, pk)


def _written(visitor: Visitor, operation: Operation, result: Any, pk: int | None) -> Written:
    wrote = just_written(visitor.user, visitor.at)
    if operation.does in (Does.EDIT, Does.ACT, Does.DELETE):
        return Written(operation.known, pk, wrote)
    known = find_type(type(result)) if isinstance(result, Record) else None
    return Written(known, result.pk if known is not None else None, wrote)


def _before(operation: Operation, change_set: ChangeSet, pk: int | None) -> Written:
    """What was done with the same key."""
    if pk is not None or operation.declared is None:
        return Written(operation.known, pk, change_set, again=True)
    made = made_before(operation.declared, change_set)
    return Written(operation.known, made.pk if made is not None else None, change_set, again=True)


def once(visitor: Visitor, declared: Action, key: str, sent: Any) -> str | None:
    """The ledger's key for what a program sends under a key of its own; None where it has none.

    Raises:
        Problem: When the key stood for something else before.
    """
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise Problem("key", _("The idempotency key has at most %(most)d characters.") % {"most": LONGEST_KEY})
    head = f"api:{visitor.user.pk}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    print_ = hashlib.sha256(to_json([declared.name, sent])).hexdigest()[:16]
    used = ChangeSet.objects.filter(key__gte=head + "0" * 16, key__lte=head + "f" * 16).values_list("key", flat=True)
    if any(other != head + print_ for other in used[:2]):
        raise Problem("key_reused", _("This idempotency key stood for something else before."), status=422)
    return head + print_


def seen_in(request: HttpRequest) -> Seen:
    """Which version a request speaks about: `If-Match` with an ETag, or the parameter `version`.

    Raises:
        Problem: For a version that is none.
    """
    wanted = request.headers.get("If-Match", "").strip()
    if wanted and wanted != "*":
        version = parse_id(wanted.removeprefix("W/").strip('"'))
        if version is None:
            raise Problem("version", _("“If-Match” takes the ETag of the record."))
        return Seen(version, exact=True)
    text = request.GET.get("version", "")
    version = parse_id(text)
    if text and version is None:
        raise Problem("version", _("“version” is a whole number."))
    return Seen(version)


def _clash(visitor: Visitor, operation: Operation, conflict: Conflict, pk: int | None, seen: Seen) -> Problem:
    """A conflict with what differs: the value that the program saw, and the one that is there now."""
    more: dict[str, Any] = {}
    known = operation.known
    obj: Any = one(known.model, pk, visitor.user) if known is not None and pk is not None else None
    if obj is not None and known is not None and seen.version is not None:
        then = values_at(obj, seen.version)
        visible = usual(known, visitor.user)
        now = read_rows(known, [obj.pk], visible, visitor.user, visitor.currency)[0]
        changed = [name for name in visible if _column(obj, name) in then]
        more = {
            "version": obj.version,
            "differs": {n: {"then": then[_column(obj, n)], "now": now[n]} for n in changed},
        }
        if conflict.fields:
            more["fields"] = [name for name in conflict.fields if name in visible]
    code, status = ("precondition", 412) if seen.exact else ("conflict", 409)
    return Problem(code, conflict.message, status=status, more=more)


def _column(obj: Record, name: str) -> str:
    """Attribute that holds a field's value: the id of a reference."""
    try:
        return str(getattr(obj._meta.get_field(name), "attname", name))
    except FieldDoesNotExist:
        return name
