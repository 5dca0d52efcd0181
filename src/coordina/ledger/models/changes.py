"""Change sets on disk: who, when, through which door, which action, and what every row was before and after."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import WORKED_OUT, Carried


class State(models.TextChoices):
    """Where a change set stands."""

    OPEN = "open", _("Under way")
    DONE = "done", _("Done")
    UNDONE = "undone", _("Undone")
    PARTLY = "partly", _("Partly undone")


class ChangeSet(models.Model):
    """One thing somebody did: the unit of history, idempotency and undo. Its row is written with its first entry.

    Attributes:
        via: The door: `web`, `rest`, `import`, `undo`, `system`.
        action: Name of the action, such as `pipeline.win`.
        key: Unique; the same key does its work once.
        undo_of: The change set that this one takes back.
        subject_type, subject_id: The record it was done to, where it was one.
        undoing: While a large one is being taken back: who is at it, and how far they are; see `undo_going`.
    """

    carried: ClassVar[Carried] = Carried(settled={"state": {"open": "done"}})

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    via = models.CharField(max_length=12)
    action = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE)
    key = models.CharField(max_length=160, null=True, unique=True)
    undo_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    undoable = models.BooleanField(default=True)
    undoing: Any = models.JSONField(null=True)

    seq: int = 0
    """Number of the last write; kept in memory while the change set is open."""

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="change_set_at"),
            models.Index(fields=["by", "at", "id"], name="change_set_by_at"),
            models.Index(fields=["via", "at", "id"], name="change_set_via"),
            models.Index(fields=["action", "at", "id"], name="change_set_action"),
        ]


class Change(models.Model):
    """One written row of a small change set.

    Attributes:
        delta: JSON: all columns of a created or deleted row, `{column: [before, after]}` of an updated one.
        seq: Which write of the change set it belongs to; orders plain rows and batches together.
        erased: JSON of what was erased of it (`entries.Marks`); null as long as nothing was.
    """

    change_set = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    kind = models.CharField(max_length=1)
    delta = models.TextField()
    seq = models.PositiveIntegerField(default=0)
    erased = models.TextField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "object_id", "-id"], name="change_of")]


class Batch(models.Model):
    """Many written rows of one model, compressed: `[[id, kind, delta], …]`; a fourth part says what was erased."""

    change_set = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    seq = models.PositiveIntegerField(default=0)
    data = models.BinaryField()


class BatchEntry(models.Model):
    """Thin index row by which one record's history is found inside batches."""

    carried: ClassVar[Carried] = WORKED_OUT

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=1)
    type_id = models.SmallIntegerField()
    object_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["type_id", "object_id", "batch"], name="batch_entry_of")]
