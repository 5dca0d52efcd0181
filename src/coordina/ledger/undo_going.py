"""A large undo on its way: one at a time, and after a crash it goes on where its last transaction ended.

How far it is stands with the change set it takes back and is written in the transaction of each chunk. Who is at it
shows by a token: a second undo of the same change set is refused while the first gives signs of life, and the first
stops as soon as somebody else has taken over.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Conflict, Refusal
from coordina.ledger.models.changes import ChangeSet, State
from coordina.ledger.queue import progress as job
from coordina.ledger.undo_kept import Held

SILENT = 120
"""Seconds after which an undo that says nothing may be taken over."""
REMEMBERED = 500
"""Rows left that a continued undo still knows from before."""


@dataclass(slots=True)
class Going:
    """One undo of one large change set.

    Attributes:
        chunks: How many chunks of the change set are behind.
        own: The change set of the undo itself; None until it has written something.
        undone, held: As of `UndoReport`, of what is behind.
    """

    change_set: ChangeSet
    force: bool
    token: str
    chunks: int = 0
    own: ChangeSet | None = None
    undone: int = 0
    held: list[Held] = field(default_factory=list)

    def mark(self, chunks: int, undone: int, held: list[Held]) -> None:
        """In the transaction of some chunks: note how many are behind.

        Raises:
            Conflict: When somebody else is at it now; what was written must not stay.
        """
        job.fence()
        now = ChangeSet.objects.select_for_update().only("undoing").get(pk=self.change_set.pk).undoing or {}
        if now.get("token") != self.token:
            raise Conflict(_("Somebody else is undoing this now."))
        told = {
            "token": self.token,
            "at": timezone.now().timestamp(),
            "force": self.force,
            "chunks": chunks,
            "own": self.own.pk if self.own is not None else None,
            "undone": undone,
            "held": [[h.model, h.pk, h.reason, list(h.names)] for h in held[:REMEMBERED]],
        }
        ChangeSet.objects.filter(pk=self.change_set.pk).update(undoing=told)

    def release(self) -> None:
        """Say that nobody is at it any more, after it was stopped or refused; what is behind stays behind."""
        with transaction.atomic():
            row = ChangeSet.objects.select_for_update().only("undoing").get(pk=self.change_set.pk)
            known: dict[str, Any] = row.undoing or {}
            if known.get("token") == self.token:
                left = known | {"at": 0} if known["chunks"] else None
                ChangeSet.objects.filter(pk=self.change_set.pk).update(undoing=left)


def claim(change_set: ChangeSet, *, force: bool) -> Going:
    """Begin to take a large change set back, or go on with what was begun.

    Raises:
        Refusal: When it was undone meanwhile.
        Conflict: When somebody is at it.
    """
    job_id = job.job_id()
    token = f"job:{job_id}" if job_id is not None else secrets.token_hex(8)
    with transaction.atomic():
        row = ChangeSet.objects.select_for_update().only("state", "undoing").get(pk=change_set.pk)
        if row.state == State.UNDONE:
            raise Refusal("undone", _("This was undone already."), status=409)
        known: dict[str, Any] = row.undoing or {}
        if known and known["token"] != token and timezone.now().timestamp() - known["at"] < SILENT:
            raise Conflict(_("Somebody else is undoing this now."))
        going = _of(change_set, known, force, token)
        at = {"token": token, "at": timezone.now().timestamp()}
        began: dict[str, Any] = {"force": going.force, "chunks": 0, "own": None, "undone": 0, "held": []}
        ChangeSet.objects.filter(pk=change_set.pk).update(undoing=began | known | at)
    change_set.state = row.state
    return going


def _of(change_set: ChangeSet, known: dict[str, Any], force: bool, token: str) -> Going:
    if not known:
        return Going(change_set, force, token)
    own = ChangeSet.objects.filter(pk=known["own"]).first() if known["own"] is not None else None
    held = [Held(model, pk, reason, tuple(names)) for model, pk, reason, names in known["held"]]
    return Going(change_set, known["force"], token, known["chunks"], own, known["undone"], held)
