"""Many rows in one request: one change set, and for every row what came of it."""

from typing import Any

from django.utils.translation import gettext as _

from coordina.api import naming
from coordina.api.inputs import prepared
from coordina.api.operations import Does, Operation
from coordina.api.problems import Problem, errors_of
from coordina.api.visitors import Visitor
from coordina.api.writing import DOOR, once
from coordina.core.changes import Values
from coordina.core.refusals import Invalid, NotFound, Refusal
from coordina.ledger.change_sets import AlreadyDone
from coordina.ledger.models import ChangeSet
from coordina.records.bulk.rowwise import MOST, Row, write_many

OWN = ("id", "version")
"""Members of a row that say which record it is about; the others are the action's input."""


def many(visitor: Visitor, operation: Operation, body: Values, *, key: str) -> tuple[dict[str, Any], ChangeSet | None]:
    """Do an action with many rows.

    Args:
        visitor: Who calls.
        operation: One that takes many rows.
        body: `rows`, and `all_or_nothing`.
        key: `Idempotency-Key`; empty for none.

    Returns:
        The answer, and the change set that was written.

    Raises:
        Problem: For a body that makes no sense.
    """
    declared = operation.declared
    assert declared is not None
    sent, whole = _asked(body)
    rows = _rows(visitor, operation, sent)
    again = once(visitor, declared, key, body)
    try:
        change_set = write_many(declared, rows, by=visitor.user, via=DOOR, at=visitor.at, key=again, whole=whole)
    except AlreadyDone as done:
        return {"rows": [], "again": True, "change_set": done.change_set.pk}, done.change_set
    counts = {"done": 0, "same": 0, "refused": 0}
    told = []
    for number, row in enumerate(rows):
        said = _told(operation, row)
        counts[said["outcome"]] += 1
        told.append({"row": number, **said})
    return {"counts": counts, "rows": told, "change_set": change_set.pk if change_set is not None else None}, change_set


def _asked(body: Values) -> tuple[list[Any], bool]:
    """The rows of a body, and whether all of them or none are wanted.

    Raises:
        Problem: For anything else.
    """
    rows, whole = body.get("rows"), body.get("all_or_nothing", False)
    if body.keys() - {"rows", "all_or_nothing"} or not isinstance(rows, list) or not isinstance(whole, bool):
        raise Problem("rows", _("Send an object with “rows”, and “all_or_nothing” if you like."))
    if not 1 <= len(rows) <= MOST:
        raise Problem("rows", _("Send 1 to %(most)d rows at once.") % {"most": MOST})
    if not all(isinstance(row, dict) for row in rows):
        raise Problem("rows", _("Each row has to be a JSON object."))
    return rows, whole


def _rows(visitor: Visitor, operation: Operation, sent: list[Values]) -> list[Row]:
    """Rows as the ledger's door takes them; those that cannot be read say so."""
    declared = operation.declared
    assert declared is not None
    aims = operation.does is not Does.CREATE_MANY
    inputs = [{n: v for n, v in row.items() if n not in OWN} for row in sent] if aims else sent
    named = _targets(visitor, operation, sent) if aims else {}
    rows = []
    for row, given in zip(sent, prepared(declared, inputs, visitor.user, visitor.currency), strict=True):
        made = Row({} if isinstance(given, Invalid) else given)
        made.wrong = given if isinstance(given, Invalid) else None
        if aims:
            _aim(made, row, named)
        rows.append(made)
    return rows


def _targets(visitor: Visitor, operation: Operation, sent: list[Values]) -> dict[str, int]:
    """Ids of records that rows name by reference or by the id of another system."""
    texts = {row["id"] for row in sent if isinstance(row.get("id"), str)}
    assert operation.known is not None
    return naming.ids_of(operation.known.model, texts, visitor.user) if texts else {}


def _aim(made: Row, row: Values, named: dict[str, int]) -> None:
    """Say which record a row is about."""
    ref, version = row.get("id"), row.get("version")
    if isinstance(version, bool) or not isinstance(version, int | None):
        made.wrong = made.wrong or Invalid({"version": [_("“version” is a whole number.")]})
        version = None
    pk = ref if isinstance(ref, int) and not isinstance(ref, bool) else named.get(ref) if isinstance(ref, str) else None
    if pk is None:
        missing = _("Say which record: its “id”.") if ref is None else str(NotFound().message)
        made.wrong = made.wrong or Invalid({"id": [missing]})
    made.pk, made.version = pk, version


def _told(operation: Operation, row: Row) -> dict[str, Any]:
    """What came of one row."""
    if row.wrong is not None:
        return {"outcome": "refused", "id": row.pk, "problem": _problem(row.wrong)}
    pk = getattr(row.obj, "pk", None) or row.pk
    version = None if operation.does is Does.DELETE_MANY else getattr(row.obj, "version", None)
    return {"outcome": "same" if row.same else "done", "id": pk, "version": version}


def _problem(wrong: Refusal) -> dict[str, Any]:
    errors = errors_of(wrong)
    return {"code": wrong.code, "detail": str(wrong)} | ({"errors": errors} if errors else {})
