"""Taking a change set back: field by field, keeping what others have built on it and saying so.

Undo is a change set itself, so redo is to undo it. A column goes back only if it still holds what was written. A made
record on which others have built is not removed but listed with what holds it; `force` removes these too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.deletion import delete_alone
from coordina.core.images import decode
from coordina.core.records import HANGERS, Record
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.registry import Registry
from coordina.ledger.change_sets import change_set as open_change_set
from coordina.ledger.change_sets import opened_change_set
from coordina.ledger.entries import Written, read
from coordina.ledger.history import last_versions
from coordina.ledger.keyed import is_newer, keys_back
from coordina.ledger.models.changes import Batch, Change, ChangeSet, State
from coordina.ledger.outbox import withdraw
from coordina.ledger.standing import Standing
from coordina.ledger.undo_going import Going, claim
from coordina.ledger.undo_kept import (
    SKIPPED,
    Held,
    Key,
    fixed_columns,
    holders_of,
    kept_rows,
    loose_entries,
    referrers,
    runs_of,
    spare,
)

UNDO_ANY = "ledger.undo_changeset"
AT_ONCE = 1000
"""Entries that are taken back in one transaction."""


@dataclass(slots=True)
class UndoReport:
    """What an undo did and what it left.

    Attributes:
        change_set: The change set of the undo itself; None when nothing was written.
        undone: How many rows went back.
        held: Rows that were left, with the reason.
        outside: What had left Coordina by then, in words: an undo cannot call it back.
    """

    change_set: ChangeSet | None = None
    undone: int = 0
    held: list[Held] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a room did about a change set outside of the ledger, such as mails.

    Attributes:
        recall: Takes back what has not left; called in the undo's transaction with the id of the change set.
        left: Says what has left, in words.
    """

    recall: Callable[[int], None]
    left: Callable[[int], list[str]]


AFTERMATHS: Registry[str, Aftermath] = Registry("aftermath")


def left_outside(change_set: ChangeSet) -> list[str]:
    """What of a change set has left Coordina, in words."""
    return [text for each in AFTERMATHS for text in each.left(change_set.pk)]


def may_undo(change_set: ChangeSet, by: User) -> bool:
    """Whether a person may take a change set back: their own, or with the permission to undo any."""
    needed = ACTIONS.get(change_set.action)
    if needed is not None and not by.may(needed.permission):
        return False
    return change_set.undoable and (change_set.by_id == by.pk or by.may(UNDO_ANY))


def undo(
    change_set: ChangeSet,
    *,
    by: User,
    at: datetime,
    force: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> UndoReport:
    """Take a change set back, write by write from the last to the first; one of up to a thousand rows as a whole.

    A larger one goes chunk by chunk; killed in the middle, the next call goes on in the same change set of the undo.

    Args:
        change_set: What to take back; one that was partly undone may be finished.
        by: Who asks; an import or bulk edit of somebody else needs `ledger.undo_changeset`.
        at: When.
        force: Remove made records even when others have changed or built on them since.
        progress: Told how many entries are behind.

    Raises:
        Forbidden: When it is not this person's to undo.
        Conflict: When somebody else is at it.
        Refusal: When it was undone already or cannot be.
    """
    standing = Standing(change_set, by)
    if not may_undo(change_set, by) or not standing.allowed:
        raise Forbidden
    if _size(change_set) > AT_ONCE:
        going = claim(change_set, force=force)
        try:
            return _taken_back(going, standing, at, progress, large=True)
        except BaseException:
            going.release()
            raise
    with transaction.atomic():  # a small one as a whole or not at all, and by one person only
        now = ChangeSet.objects.select_for_update().only("state").get(pk=change_set.pk)
        change_set.state = now.state
        if change_set.state == State.UNDONE:
            raise Refusal("undone", _("This was undone already."), status=409)
        return _taken_back(Going(change_set, force, ""), standing, at, progress, large=False)


def _size(change_set: ChangeSet) -> int:
    batched = Batch.objects.filter(change_set=change_set).aggregate(rows=Sum("size"))["rows"] or 0
    return Change.objects.filter(change_set=change_set).count() + int(batched)


def _taken_back(
    going: Going, standing: Standing, at: datetime, progress: Callable[[int], None], *, large: bool
) -> UndoReport:
    change_set, force = going.change_set, going.force
    report = UndoReport(going.own, going.undone, going.held)
    kept = {} if force else kept_rows(change_set, going.own)
    fixed = fixed_columns(change_set, going.own)
    if force:
        spare(change_set, standing, kept)
    for chunk in read(change_set):
        for model, kind, part in runs_of(chunk):
            standing.learn(model, kind, part)
    behind = 0
    for done, chunks in _gathered(read(change_set, reverse=True)):
        behind += sum(map(len, chunks))
        if done <= going.chunks:
            continue
        with open_change_set(
            by=standing.by, at=at, via="undo", action="ledger.undo", resume=report.change_set, undo_of=change_set
        ) as journal:
            row: ChangeSet = journal.context["change_set"]
            for model, kind, part in (run for chunk in chunks for run in runs_of(chunk)):
                loose = _within(standing, model, kind, loose_entries(model, part, fixed, kept), report)
                _undo_run(model, kind, loose, report, kept, fixed, force)
            going.own = row if row.pk is not None else None
            if large:
                going.mark(done, report.undone, report.held)
        report.change_set, going.chunks = going.own, done
        progress(behind)
    report.held.extend(kept.values())
    _finish(change_set, report)
    return report


def _gathered(chunks: Iterable[list[Written]]) -> Iterator[tuple[int, list[list[Written]]]]:
    """Writes that one transaction takes back, with how many are behind after it.

    A merge of many pairs is thousands of small writes: to wait for the disk after each would take most of the time.
    The same ones belong together whenever they are read.
    """
    waiting: list[list[Written]] = []
    size = done = 0
    for done, chunk in enumerate(chunks, start=1):
        waiting.append(chunk)
        size += len(chunk)
        if size >= AT_ONCE:
            yield done, waiting
            waiting, size = [], 0
    if waiting:
        yield done, waiting


def _finish(change_set: ChangeSet, report: UndoReport) -> None:
    """Note what came of it, and withdraw what was to follow from the change."""
    with transaction.atomic():
        change_set.state = State.PARTLY if any(h.reason != "gone" for h in report.held) else State.UNDONE
        change_set.undoing = None
        change_set.save(update_fields=["state", "undoing"])
        withdraw(change_set.pk)
        for each in AFTERMATHS:
            each.recall(change_set.pk)
        if change_set.undo_of_id is not None and change_set.state == State.UNDONE:  # a redo: it holds again
            ChangeSet.objects.filter(pk=change_set.undo_of_id).update(state=State.DONE)
    report.outside = left_outside(change_set)


def _within(
    standing: Standing, model: type[Record], kind: str, part: list[Written], report: UndoReport
) -> list[Written]:
    """Entries without those of rows that the person may not write any more; what they made they may remove."""
    if kind == "c":
        return part
    beyond = standing.beyond(model, kind, part)
    report.held.extend(Held(model._meta.label, pk, "beyond") for pk in sorted(beyond))
    return [entry for entry in part if entry.pk not in beyond]


def _undo_run(
    model: type[Record],
    kind: str,
    part: list[Written],
    report: UndoReport,
    kept: dict[Key, Held],
    fixed: dict[Key, set[str]],
    force: bool,
) -> None:
    if kind == "c":
        _remove(model, part, report, kept, force)
    elif kind == "d":
        _where_free(model, part, report, lambda some: _bring_back(model, some, report))
    else:
        _where_free(model, part, report, lambda some: _put_back(model, some, report, kept, fixed))


def _where_free(
    model: type[Record], part: list[Written], report: UndoReport, step: Callable[[list[Written]], None]
) -> None:
    """Take a step for all entries at once; where another row has what one of them would bring back, for each by itself.

    A name that was given again, say, cannot return: that row is listed.
    """
    if not _has_unique(model):
        step(part)
        return
    if _done(step, part, report):
        return
    for entry in part:
        if not _done(step, [entry], report):
            report.held.append(Held(model._meta.label, entry.pk, "taken"))


def _done(step: Callable[[list[Written]], None], part: list[Written], report: UndoReport) -> bool:
    """Whether a step could be taken; if not, nothing of it remains."""
    undone, held = report.undone, len(report.held)
    try:
        with transaction.atomic():
            step(part)
    except IntegrityError:
        report.undone = undone
        del report.held[held:]
        return False
    return True


@cache
def _has_unique(model: type[Record]) -> bool:
    """Whether a row of a model can be in the way of another."""
    alone = any(column.unique and not column.primary_key for column in model._meta.concrete_fields)
    return alone or any(isinstance(c, UniqueConstraint) for c in model._meta.constraints)


def _bring_back(model: type[Record], part: list[Written], report: UndoReport) -> None:
    """Deleted rows return with their ids, one version after the last they ever had."""
    label = model._meta.label
    last = last_versions(label, [e.pk for e in part])
    taken = set(model._base_manager.filter(pk__among=[e.pk for e in part]).values_list("pk", flat=True))
    lost = homeless(model, part)
    columns = {c.attname: c for c in model._meta.concrete_fields}
    rows = []
    for entry in part:
        reason = "erased" if entry.erased else "exists" if entry.pk in taken else "missing"
        if entry.erased or entry.pk in taken or entry.pk in lost:
            report.held.append(Held(label, entry.pk, reason))
            continue
        values = {k: decode(columns[k], v) for k, v in entry.delta.items() if k in columns}
        values["version"] = max(entry.delta["version"], last.get(entry.pk, 0)) + 1
        rows.append(model(**values))
    model._base_manager.bulk_create(rows, batch_size=500)
    report.undone += len(rows)


def homeless(model: type[Record], part: list[Written]) -> set[int]:
    """Deleted rows of which a record they belonged to is neither there nor comes back along with them."""
    returning = {e.pk for e in part}
    found: set[int] = set()
    for column in model._meta.concrete_fields:
        far: Any = column.related_model
        if far is None or not issubclass(far, Record):
            continue
        keys = {e.delta.get(column.attname) for e in part} - {None}
        here = set(far._base_manager.filter(pk__among=keys).values_list("pk", flat=True)) if keys else set()
        here |= returning if far is model else set()
        found |= {e.pk for e in part if e.delta.get(column.attname) not in {None, *here}}
    return found


def _remove(model: type[Record], part: list[Written], report: UndoReport, kept: dict[Key, Held], force: bool) -> None:
    """Made rows go, unless others have built on them; what belongs to a kept record stays with it."""
    label = model._meta.label
    keys = [e.pk for e in part if (label, e.pk) not in kept]
    if model.scope_parent and kept:
        parent = model._meta.get_field(model.scope_parent)
        far: Any = parent.related_model
        column = parent.attname  # type: ignore[union-attr]  # a foreign key has one
        rows = model._base_manager.filter(pk__among=keys).values_list("pk", column)
        keys = [pk for pk, owner in rows if (far._meta.label, owner) not in kept]
    gone = set(model._base_manager.filter(pk__among=keys).values_list("pk", flat=True))
    holders = holders_of(model, gone)
    free = gone - set(holders)
    if force and holders:
        _remove_holders(model, set(holders))
        model._base_manager.filter(pk__among=gone).delete()
        report.undone += len(gone)
        return
    for pk, names in holders.items():
        kept.setdefault((label, pk), Held(label, pk, "held", tuple(sorted(names))))
    delete_alone(model, free)
    report.undone += len(free)


def _put_back(
    model: type[Record], part: list[Written], report: UndoReport, kept: dict[Key, Held], fixed: dict[Key, set[str]]
) -> None:
    """Changed columns go back where they still hold what was written; those of a group that stays stay with it."""
    label = model._meta.label
    columns = {c.attname: c for c in model._meta.concrete_fields}
    skipped = SKIPPED | model.worked_out
    rows: Any = model._base_manager
    here = {o.pk: o for o in rows.filter(pk__among=[e.pk for e in part]).locked()}
    dirty: list[Record] = []
    names: set[str] = set()
    for entry in part:
        obj = here.get(entry.pk)
        if obj is None:
            report.held.append(Held(label, entry.pk, "gone"))
            continue
        if (label, entry.pk) in kept:
            continue
        left_out = skipped | entry.erased.keys() if entry.erased else skipped
        pairs = {k: pair for k, pair in entry.delta.items() if k not in left_out and k in columns}
        if entry.erased:
            report.held.append(Held(label, entry.pk, "erased", tuple(entry.erased)))
        newer = _newer(model, obj, pairs, fixed.get((label, entry.pk), set()))
        if newer:
            report.held.append(Held(label, entry.pk, "changed", newer))
        for name, (old, new) in pairs.items():
            if name not in newer or name in model.keyed:
                back = keys_back(getattr(obj, name), old, new) if name in model.keyed else old
                setattr(obj, name, decode(columns[name], back))
                names.add(columns[name].name)
        if len(newer) < len(pairs) or model.keyed & pairs.keys() or model.worked_out & entry.delta.keys():
            names |= obj.work_out()
            dirty.append(obj)
    if dirty:
        model._base_manager.bulk_update(dirty, sorted(names))
    report.undone += len(dirty)


def _newer(model: type[Record], obj: Record, pairs: dict[str, Any], fixed: set[str]) -> tuple[str, ...]:
    """Columns that hold something newer than what was written, with those that go back together with them.

    A column that holds what it held before is no conflict: an undo that was killed goes over it again.
    """
    newer = {k for k, pair in pairs.items() if k in fixed or is_newer(model, k, getattr(obj, k), pair)}
    for group in model.undo_together:
        if newer & group:
            newer |= group & pairs.keys()
    return tuple(k for k in pairs if k in newer)


def _remove_holders(model: type[Record], keys: set[int]) -> None:
    """Remove what belongs to rows that must go; what merely refers to them makes the undo refuse.

    Raises:
        Refusal: When a record of its own right refers to one of the rows.
    """
    for referrer, pairs in referrers(model, keys):
        if referrer is model or referrer in HANGERS or referrer.scope_parent:
            continue
        raise Refusal(
            "held",
            _("%(count)s records of another kind still refer to these. Undo or change them first.")
            % {"count": len(pairs)},
            status=409,
        )


def undoing() -> bool:
    """Whether the open change set is an undo: what follows from actions must not follow again."""
    return opened_change_set().undo_of_id is not None


__all__ = [
    "AFTERMATHS",
    "SKIPPED",
    "UNDO_ANY",
    "Aftermath",
    "Held",
    "UndoReport",
    "homeless",
    "left_outside",
    "may_undo",
    "undo",
    "undoing",
]
