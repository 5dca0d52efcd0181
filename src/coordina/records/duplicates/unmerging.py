"""What came after a merge: what an un-merge keeps, and what somebody has to decide about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.images import encode
from coordina.core.records import Record
from coordina.core.refusals import NotFound
from coordina.ledger.entries import read
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.records.duplicates.links import links_to
from coordina.records.models import Merged

MOST = 50
"""New records that are asked about."""


@dataclass(frozen=True, slots=True)
class Newer:
    """A record made since the merge that refers to the one that stayed.

    Attributes:
        mark: Names it and the link, for a form: `customers.Person/company_id/12`.
    """

    mark: str
    obj: Record


@dataclass(slots=True)
class Since:
    """What happened after a merge.

    Attributes:
        stays: The record that stayed; None where it is gone.
        gone: Ids and names of the records that went into it.
        edited: Columns of the record that stayed that hold something newer than the merge wrote.
        newer: Records made since that refer to it, as far as the person sees them.
    """

    stays: Any
    gone: list[tuple[int, str]] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    newer: list[Newer] = field(default_factory=list)

    @property
    def quiet(self) -> bool:
        """Whether nothing happened that an un-merge would have to ask about."""
        return not (self.edited or self.newer)


def is_merge(change: ChangeSet) -> bool:
    """Whether a change set merged records into one and still holds."""
    declared = ACTIONS.get(change.action)
    merging = declared is not None and declared.carries and change.subject_id is not None
    return merging and change.undo_of_id is None and change.state == State.DONE


def since(change: ChangeSet, user: User) -> Since:
    """What happened after a merge.

    Args:
        change: See `is_merge`.
        user: Who asks: what they may not see is not told.
    """
    model: Any = apps.get_model(change.subject_type)
    stays = model.objects.visible_to(user).filter(pk=change.subject_id).first()
    found = Since(stays)
    written: dict[str, Any] = {}
    for chunk in read(change):
        for entry in chunk:
            if entry.model == Merged._meta.label and entry.kind == "c":
                found.gone.append((int(entry.delta["gone_id"]), str(entry.delta["name"])))
            elif (entry.model, entry.pk, entry.kind) == (change.subject_type, change.subject_id, "u"):
                written |= {k: pair[1] for k, pair in entry.delta.items() if k not in ("version", "changed_at")}
    if stays is not None:
        found.edited = [k for k, value in written.items() if encode(getattr(stays, k)) != value]
        found.newer = _newer(change, stays, user)
    return found


def _newer(change: ChangeSet, stays: Record, user: User) -> list[Newer]:
    found: list[Newer] = []
    for link in links_to(type(stays)):
        if link.model is Merged:
            continue
        seen = link.model.objects.visible_to(user).values("pk")
        rows = link.rows([stays.pk]).filter(created_at__gt=change.at, pk__in=seen).order_by("pk")
        found += [Newer(f"{link.model._meta.label}/{link.column}/{row.pk}", row) for row in rows[: MOST - len(found)]]
    return found


def hand_over(record: Record, source: Record, marks: Sequence[str]) -> int:
    """Let records that refer to one record refer to another; inside the change set of an action.

    Args:
        record: The record they are to belong to.
        source: The one they belong to now.
        marks: See `Newer.mark`.

    Returns:
        How many were moved.

    Raises:
        NotFound: When a mark names no link, or a row that does not refer to `source`.
    """
    known = {f"{link.model._meta.label}/{link.column}": link for link in links_to(type(record))}
    for mark in marks:
        name, _slash, pk = mark.rpartition("/")
        link = known.get(name)
        rows = link.rows([source.pk]).filter(pk=int(pk)) if link is not None and pk.isdigit() else None
        if link is None or rows is None or not rows.update(**{link.column: record.pk}):
            raise NotFound
    return len(marks)
