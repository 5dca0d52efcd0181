"""Opening a change set: one transaction, one journal, entries from the first write on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core import changes
from coordina.core.changes import Journal
from coordina.core.refusals import Refusal
from coordina.core.remembered import savepoints
from coordina.ledger.entries import flush, last_seq
from coordina.ledger.models.changes import ChangeSet

_last: ContextVar[ChangeSet | None] = ContextVar("last change set", default=None)


class AlreadyDone(Refusal):
    """The key was used before: the work is done, and `change_set` is what did it."""

    def __init__(self, change_set: ChangeSet) -> None:
        super().__init__("already_done", _("This was done already."), status=409)
        self.change_set = change_set


@contextmanager
def change_set(
    *,
    by: User | None,
    at: datetime,
    via: str,
    action: str = "",
    key: str | None = None,
    resume: ChangeSet | None = None,
    **said: Any,
) -> Iterator[Journal]:
    """Open a change set with a transaction of its own; inside another one the outer is joined.

    Args:
        by: Who acts; None for the system.
        at: When it is written.
        via: The door.
        action: Name of the action.
        key: Does its work once; see `AlreadyDone`.
        resume: Continue this one: long work is one change set over many transactions.
        **said: Other columns of `ChangeSet`: state, subject, what it undoes.

    Raises:
        AlreadyDone: When the key was used before.
    """
    outer = changes.current()
    if outer is not None and "change_set" in outer.context:
        yield outer
        return
    row = resume or ChangeSet(by=by, at=at, via=via, action=action, key=key, **said)
    if resume is not None and resume.pk is not None and not resume.seq:
        resume.seq = last_seq(resume)
    journal = Journal(at, {"by": by, "via": via, "change_set": row}, flush)
    try:
        with transaction.atomic(durable=not connection.in_atomic_block), changes.opened(journal):
            journal.memory[changes.DEPTH] = savepoints()
            if key is not None and resume is None:
                used = ChangeSet.objects.filter(key=key).first()
                if used is not None:
                    raise AlreadyDone(used)
            yield journal
        _last.set(row)
    except IntegrityError:
        used = ChangeSet.objects.filter(key=key).first() if key is not None else None
        if used is None or used.pk == row.pk:
            raise
        raise AlreadyDone(used) from None
    except BaseException as fault:
        if resume is None:
            row.pk = None
            if key is not None and isinstance(fault, Refusal) and not isinstance(fault, AlreadyDone):
                _look_again(key)
        raise


def _look_again(key: str) -> None:
    """What was refused may be what the same request has done meanwhile, when it was sent twice at once.

    Raises:
        AlreadyDone: It is.
    """
    used = ChangeSet.objects.filter(key=key).first()
    if used is not None:
        raise AlreadyDone(used)


def just_written(by: User, at: datetime) -> ChangeSet | None:
    """What somebody's call of this moment wrote, here in this thread; None where it wrote nothing."""
    row = _last.get()
    return row if row is not None and row.pk is not None and (row.by_id, row.at) == (by.pk, at) else None


def opened_change_set() -> ChangeSet:
    """The change set that is open now; its row may not be written yet."""
    row = changes.required("change set").context["change_set"]
    assert isinstance(row, ChangeSet)
    return row


def cause() -> int | None:
    """Id of the open change set, whose row is written for it if need be; None outside one."""
    journal = changes.current()
    if journal is None or "change_set" not in journal.context:
        return None
    row: ChangeSet = journal.context["change_set"]
    if row.pk is None:
        journal.write()
    if row.pk is None:  # what follows comes before the first write
        row.save(force_insert=True)
    return row.pk
