"""What language models do: operations one at a time, each with its undo; what has none only after a second call.

The second call carries a confirmation: what is going to happen, signed, for this person and token, for ten minutes,
once. It does exactly that, and only while the record is as it was.
"""

import secrets
from typing import Any

from django.core import signing

from coordina.accounts import throttle
from coordina.api import naming, undoing
from coordina.api.inputs import prepared
from coordina.api.operations import Does, Operation, table
from coordina.api.problems import Problem
from coordina.api.visitors import Visitor
from coordina.api.writing import Seen, Written, write
from coordina.core.actions import Action, check_state
from coordina.core.prepared import one
from coordina.core.refusals import Forbidden, Invalid, NotFound
from coordina.ledger.doors import check_open, validated
from coordina.mcp_door.looking import row_of

DOOR = "mcp"
SALT = "coordina.mcp.confirmation"
LASTS = 600
"""Seconds that a confirmation holds."""
type Json = dict[str, Any]


def operation_for(visitor: Visitor, name: str) -> Operation:
    """An operation that writes one record.

    Raises:
        Problem: Where there is none for the visitor.
    """
    found = table().by_name.get(name)
    if found is None or found.declared is None or found.does.many or found.declared.private:
        raise Problem("operation", "There is no such operation. describe_type names those there are.", status=404)
    visitor.need(found.known, writes=True)
    if not found.declared.open_to(visitor.user):
        raise Forbidden
    return found


def run_operation(visitor: Visitor, given: Json) -> Json:
    """Do it, or say what would be done where it cannot be undone."""
    operation = operation_for(visitor, given["operation"])
    ref, data = str(given.get("ref", "")), given.get("data") or {}
    if ("{ref}" in operation.path) != bool(ref):
        raise Problem("ref", "Say with “ref” which record it is about; operations without one take none.")
    assert operation.declared is not None
    if not operation.declared.undoable:
        return _asked(visitor, operation, operation.declared, ref, data)
    version = given.get("version")
    done = write(visitor, operation, data, ref=ref, seen=Seen(version), key=given.get("key", ""), via=DOOR)
    return _told(visitor, operation, done)


def _asked(visitor: Visitor, operation: Operation, declared: Action, ref: str, data: Json) -> Json:
    """What would happen, with the confirmation for it; nothing is written.

    Raises:
        Refusal: Whatever would be refused anyway.
    """
    pk = naming.find(declared.model, ref, visitor.user) if ref else None
    obj: Any = one(declared.model, pk, visitor.user, declared.permission) if pk is not None else None
    if pk is not None and obj is None:
        raise Forbidden
    if obj is not None:
        check_state(declared, obj)
    check_open(declared, data, visitor.user)
    read = prepared(declared, [data], visitor.user, visitor.currency)[0]
    if isinstance(read, Invalid):
        raise read
    validated(declared, read)
    said = [visitor.user.pk, visitor.bearer.pk, operation.name, pk, getattr(obj, "version", None), data]
    token = signing.dumps([secrets.token_urlsafe(12), *said], salt=SALT, compress=True)
    return {
        "done": False,
        "needs_confirmation": True,
        "will": {"operation": operation.name, "label": str(declared.label), "record": str(obj or ""), "data": data},
        "warning": str(declared.warning) or "This cannot be undone.",
        "confirmation": token,
        "expires_in_seconds": LASTS,
        "next": "Ask the person. Only if they agree, call confirm with this confirmation.",
    }


def confirm(visitor: Visitor, given: Json) -> Json:
    """Do what was confirmed, once.

    Raises:
        Problem: For a confirmation that is none, is too old, was used, or is somebody else's.
    """
    wrong = Problem("confirmation", "This confirmation does not hold. Call run_operation again.", status=409)
    try:
        nonce, user, bearer, name, pk, version, data = signing.loads(given["confirmation"], salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        raise wrong from None
    if (user, bearer) != (visitor.user.pk, visitor.bearer.pk):
        raise wrong
    operation = operation_for(visitor, name)
    try:
        throttle.reserve({f"mcp:{nonce}": 1}, visitor.at)
    except Exception as used:
        if getattr(used, "status", 0) != 429:
            raise
        raise wrong from None
    seen = Seen(version, exact=version is not None)
    done = write(visitor, operation, data, ref=str(pk or ""), seen=seen, key=f"mcp:{nonce}", via=DOOR)
    return _told(visitor, operation, done)


def _told(visitor: Visitor, operation: Operation, done: Written) -> Json:
    """What came of it: the record as it is now, and how to take it back."""
    said: Json = {"done": True}
    if operation.does is not Does.DELETE and done.known is not None and done.pk is not None:
        said["record"] = row_of(visitor, done.known, done.pk)
    if done.change_set is not None:
        said["change"] = done.change_set.pk
        said["can_undo"] = done.change_set.undoable
    return said


def undo(visitor: Visitor, given: Json) -> Json:
    """Take a change back.

    Raises:
        NotFound: Where there is none that the visitor may take back.
    """
    if not visitor.bearer.writes:
        raise NotFound
    _status, said = undoing.taken_back(visitor, undoing.found(visitor, given["change"]), force=False)
    return said
