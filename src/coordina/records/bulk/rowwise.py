"""One action on many rows, each with input of its own: judged row by row, written together, in one change set.

`bulk/running` does one thing to many records; here every row says itself what it becomes, as programs send them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import Action, check_state, follow_up
from coordina.core.changes import Values
from coordina.core.inputs import references
from coordina.core.instances import loaded
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import check_open, check_whole, emptied, merged, unnamed, validated
from coordina.ledger.models import ChangeSet
from coordina.ledger.outbox import together
from coordina.records.bulk.holding import blocked

MOST = 1000
"""Rows of one call."""


@dataclass(slots=True)
class Row:
    """What is asked of one row, and what came of it.

    Attributes:
        data: Input by field name.
        pk: The record, for actions that take one.
        version: The version that was seen; None skips the check.
        obj: The record, once it is found or made.
        values: What its writer is to write.
        wrong: Why nothing was written.
        same: Whether it holds already what it would get.
    """

    data: Values
    pk: int | None = None
    version: int | None = None
    obj: Any = None
    kwargs: Values | None = None
    values: Values | None = None
    wrong: Refusal | None = None
    same: bool = False


class _Nothing(Exception):
    """Ends the transaction: all rows or none were wanted, or none could be written."""


class _Spoilt(Exception):
    """A row was refused while all were written without a net: they have to be written again with one."""


def takes_many(declared: Action) -> bool:
    """Whether an action can be done with many rows at once."""
    if declared.verb == "create":
        return declared.plan is not None and not declared.hidden
    return declared.bulk and declared.target is not None and not declared.hidden


def write_many(
    declared: Action, rows: Sequence[Row], *, by: User, via: str, at: datetime, key: str | None = None, whole: bool
) -> ChangeSet | None:
    """Do an action with many rows in one transaction; each row tells afterwards what came of it.

    Args:
        declared: For which `takes_many` holds.
        rows: At most `MOST`.
        by: Who calls.
        via: The door.
        at: When.
        key: Idempotency key.
        whole: Write nothing unless every row can be written.

    Returns:
        The change set; None where nothing was written.

    Raises:
        Forbidden: Without the permission.
        AlreadyDone: When the key was used before.
    """
    if not declared.open_to(by):
        raise Forbidden
    unread = [row.wrong for row in rows]
    try:
        return _written(declared, rows, by=by, via=via, at=at, key=key, whole=whole, net=False)
    except _Spoilt:
        for row, wrong in zip(rows, unread, strict=True):
            row.obj, row.kwargs, row.values, row.wrong, row.same = None, None, None, wrong, False
        return _written(declared, rows, by=by, via=via, at=at, key=key, whole=whole, net=True)


def _written(
    declared: Action, rows: Sequence[Row], *, by: User, via: str, at: datetime, key: str | None, whole: bool, net: bool
) -> ChangeSet | None:
    """Read, judge and write rows in one transaction.

    Args:
        net: Whether rows are written so that one which is refused can be left out. Inside a savepoint the full-text
            index of SQLite takes eight times as long, so it is first tried without.

    Raises:
        _Spoilt: Without a net, when a row was refused while it was written.
    """
    for row in rows:
        _read(declared, row, by)
    said: Values = {} if declared.undoable else {"undoable": False}
    try:
        with change_set(by=by, at=at, via=via, action=declared.name, key=key, **said) as journal:
            own: ChangeSet = journal.context["change_set"]
            ready = _judged(declared, rows, by, at)
            if not ready or (whole and len(ready) < sum(not row.same for row in rows)):
                raise _Nothing
            if own.pk is None:
                own.save(force_insert=True)  # before any savepoint: one that is rolled back must not take it along
            with together():
                (_netted if net else _hoped)(declared, ready, by, at)
            if all(row.wrong for row in ready) or (whole and any(row.wrong for row in ready)):
                raise _Nothing
    except _Nothing:
        if any(row.wrong for row in rows):
            _spare(rows, whole)
        return None
    return own


def _spare(rows: Sequence[Row], whole: bool) -> None:
    """Say of rows that were left alone because of others that they were."""
    for row in rows:
        if whole and row.wrong is None:
            row.wrong = Refusal("not_done", _("Left alone, because another row could not be written."), status=409)


def _read(declared: Action, row: Row, by: User) -> None:
    """Check the input of one row."""
    if row.wrong is not None:
        return
    try:
        check_open(declared, row.data, by)
        row.kwargs = declared.arguments(validated(declared, row.data))
        if declared.patch:
            row.kwargs[declared.patch] = emptied(declared, row.kwargs[declared.patch])
    except Refusal as refusal:
        row.wrong = refusal


def _judged(declared: Action, rows: Sequence[Row], by: User, at: datetime) -> list[Row]:
    """Find what rows speak about and judge them; gives those that are to be written."""
    if declared.target:
        _find(declared, rows, by)
    _resolve(declared, rows, by)
    for row in rows:
        if row.wrong is None:
            try:
                _judge(declared, row, by, at)
            except Invalid as wrong:
                row.wrong = unnamed(wrong, declared, by)
            except Refusal as refusal:
                row.wrong = refusal
    if declared.verb == "delete":
        _hold(declared, rows, by)
    return [row for row in rows if row.wrong is None and not row.same]


def _find(declared: Action, rows: Sequence[Row], by: User) -> None:
    """Load and lock the records, within the reach of the action; a record may be named once."""
    model: Any = declared.model
    keys = [row.pk for row in rows if row.pk is not None and row.wrong is None]
    reach = model.objects.visible_to(by).within(by, declared.permission)
    here = {obj.pk: obj for obj in reach.locked().filter(pk__in=keys)}
    beyond = set(keys) - here.keys()
    seen = set(model.objects.visible_to(by).filter(pk__in=beyond).values_list("pk", flat=True)) if beyond else set()
    taken: set[int] = set()
    for row in rows:
        if row.wrong is not None:
            continue
        row.obj = here.get(row.pk or 0)
        if row.obj is None:
            row.wrong = Forbidden() if row.pk in seen else NotFound()
        elif row.pk in taken:
            row.wrong = Refusal("twice", _("This record is named twice."))
        taken.add(row.pk or 0)


def _resolve(declared: Action, rows: Sequence[Row], by: User) -> None:
    """Replace ids by the records they name, as far as the caller may see them: one query for each kind."""
    within = declared.patch or declared.along
    for name, far in references(declared.input).items():
        holders = []
        for row in rows:
            if row.wrong is None and row.kwargs is not None:
                holder = row.kwargs if name in row.kwargs else row.kwargs[within] if within else row.kwargs
                if isinstance(holder.get(name), int):
                    holders.append((row, holder))
        if not holders:
            continue
        every: Any = far
        found = loaded(every, {holder[name] for _row, holder in holders}, among=every.objects.visible_to(by))
        for row, holder in holders:
            if holder[name] in found:
                holder[name] = found[holder[name]]
            else:
                row.wrong = Invalid({name: [str(NotFound().message)]})


def _judge(declared: Action, row: Row, by: User, at: datetime) -> None:
    """Work out what a row becomes.

    Raises:
        Refusal: When the action or the writer does not allow it.
    """
    assert row.kwargs is not None
    if declared.target:
        row.kwargs[declared.target] = row.obj
        if row.version is not None and row.version != row.obj.version:
            if declared.verb != "edit" or not declared.patch:
                raise Conflict
            row.kwargs[declared.patch] = merged(row.obj, row.version, row.kwargs[declared.patch])
        check_state(declared, row.obj)
    elif declared.patch:
        check_whole(declared, row.kwargs[declared.patch], by)
    if declared.plan is None:
        return
    values = declared.plan(**row.kwargs, by=by, at=at)
    row.values = type_of(declared.model).writer.clean(values, obj=row.obj) if values or not declared.target else values
    row.same = not row.values and declared.target is not None


def _hold(declared: Action, rows: Sequence[Row], by: User) -> None:
    """Leave alone what others refer to."""
    objs = [row.obj for row in rows if row.wrong is None]
    held = blocked(declared.model, objs, by) if objs else {}
    for row in rows:
        if row.wrong is None and row.obj.pk in held:
            row.wrong = Refusal("held", held[row.obj.pk], status=409)


def _hoped(declared: Action, rows: Sequence[Row], by: User, at: datetime) -> None:
    """Write rows together, in the hope that all of them are taken.

    Raises:
        _Spoilt: When one is not; then nothing of them may stay.
    """
    try:
        _together(declared, rows, by, at)
    except (Refusal, DatabaseError, OverflowError) as error:
        raise _Spoilt from error


def _netted(declared: Action, rows: Sequence[Row], by: User, at: datetime) -> None:
    """Write rows together; when they are refused, halves of them, so that only the bad ones are left out."""
    if not rows:
        return
    try:
        with transaction.atomic():
            _together(declared, rows, by, at)
    except (Refusal, DatabaseError, OverflowError) as error:
        if len(rows) == 1:
            refused = Refusal("invalid", _("The database does not take this."))
            rows[0].wrong = error if isinstance(error, Refusal) else refused
            return
        half = len(rows) // 2
        _netted(declared, rows[:half], by, at)
        _netted(declared, rows[half:], by, at)


def _together(declared: Action, rows: Sequence[Row], by: User, at: datetime) -> None:
    """Write rows through their type's writer, or one by one where the action has no plan."""
    writer = type_of(declared.model).writer
    if declared.verb == "delete":
        writer.delete([row.obj for row in rows], by=by, at=at)
    elif declared.plan is None:
        for row in rows:
            row.obj = _called(declared, row, by, at)
    elif declared.target:
        writer.edit([(row.obj, row.values or {}) for row in rows], by=by, at=at)
    else:
        for row, made in zip(rows, writer.create([row.values or {} for row in rows], by=by, at=at), strict=True):
            row.obj = made
    if declared.plan is not None:
        for row in rows:
            follow_up(declared, row.obj, by=by, at=at)


def _called(declared: Action, row: Row, by: User, at: datetime) -> Record:
    done = declared.fn(**(row.kwargs or {}), by=by, at=at)
    return done if isinstance(done, Record) else row.obj
