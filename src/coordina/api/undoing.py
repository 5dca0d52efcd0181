"""Change sets for programs: what one did, and taking it back."""

from typing import Any

from django.utils.translation import gettext as _

from coordina.api.operations import table
from coordina.api.visitors import Visitor
from coordina.core.actions import ACTIONS
from coordina.core.refusals import NotFound, Refusal
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, may_undo, undo
from coordina.records.bulk.rowwise import MOST
from coordina.web.undoing import find_change, held_as_json, left_of, size_of, undo_changes

AT_ONCE = MOST * 4
"""Entries that are undone inside the request: those of a call with many rows, and what belongs to them."""


def found(visitor: Visitor, pk: int) -> ChangeSet:
    """A change set of the visitor's own, or one they may undo, within what their token is for.

    Raises:
        NotFound: When there is none.
    """
    change_set = find_change(visitor.user, pk)
    declared = ACTIONS.get(change_set.action)
    if declared is not None and not visitor.user.may(declared.permission):
        raise NotFound
    return change_set


def told(visitor: Visitor, change_set: ChangeSet) -> dict[str, Any]:
    """A change set as JSON."""
    known = table().by_name.items()
    names = {e.declared.name: name for name, e in known if e.declared is not None and not e.does.many}
    return {
        "id": change_set.pk,
        "at": change_set.at,
        "by": {"id": change_set.by_id, "label": str(change_set.by)} if change_set.by is not None else None,
        "door": change_set.via,
        "operation": names.get(change_set.action),
        "rows": size_of(change_set),
        "state": change_set.state,
        "undo_of": change_set.undo_of_id,
        "can_undo": may_undo(change_set, visitor.user) and change_set.state in ("done", "partly"),
    }


def taken_back(visitor: Visitor, change_set: ChangeSet, *, force: bool) -> tuple[int, dict[str, Any]]:
    """Undo a change set; a very large one as a job, whose end its state tells.

    Args:
        visitor: Who asks.
        change_set: Which.
        force: Also remove what others have built on.

    Returns:
        The status and the body of the answer.

    Raises:
        Refusal: With code `not_undoable`.
    """
    if not may_undo(change_set, visitor.user):
        raise Refusal("not_undoable", _("This cannot be undone."), status=409)
    if size_of(change_set) > AT_ONCE:
        key = f"undo:{change_set.pk}"
        undo_changes.using(by=visitor.user.pk, order_key=key).enqueue(change_set.pk, visitor.user.pk, force)
        return 202, {"undone": 0, "left": [], "change_set": None, "later": True}
    report = undo(change_set, by=visitor.user, at=visitor.at, force=force)
    return 200, _report(visitor, report)


def _report(visitor: Visitor, report: UndoReport) -> dict[str, Any]:
    left = left_of(held_as_json(report), visitor.user)
    return {
        "undone": report.undone,
        "left": [{"record": each.title, "kind": each.noun, "reason": each.reason} for each in left],
        "change_set": report.change_set.pk if report.change_set is not None else None,
        "later": False,
    }
