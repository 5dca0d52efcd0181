"""Bulk runs: one action on many records, from the preview to the result."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import Carried


class BulkState(models.TextChoices):
    """Where a bulk run stands."""

    CHECKING = "checking", _("Working out what would change")
    CHECKED = "checked", _("Waiting for you")
    RUNNING = "running", _("Changing records")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class BulkRun(models.Model):
    """One action on many records. A machine table: what it writes is on the ledger, itself it is a tool.

    Attributes:
        by: Whose it is; nobody else sees it.
        type: Name of the record type.
        action: Name of the action, such as `pipeline.win`.
        given: `set` (the action's input as JSON), `add` and `remove` (values by field that are put to or taken from
            what each record has).
        query: The filter, where all that match were chosen; None where the records were picked one by one.
        rows: Records with the version that was looked at, packed: `[[id, version], …]` in order of their ids. After the
            check only those that would change.
        counts: Rows by verdict: `change`, `same`, `refused`; after the run `done`, `same` and `refused` as they came.
        shown: What the preview shows: `samples` and, by field, how many change from which value.
        change_set: What it wrote; undone as a whole.
        behind: Rows that are behind; grows in the transaction of each chunk, so that a killed run goes on.
        job: The job that checks or runs now.
    """

    carried: ClassVar[Carried] = Carried(
        but={"state": "checking"}, why="a preview under way", settled={"state": {"running": "stopped"}}
    )

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=60)
    action = models.CharField(max_length=80)
    given: Any = models.JSONField(default=dict)
    query = models.TextField(null=True)
    rows = models.BinaryField(default=b"")
    total = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.CHECKING)
    counts: Any = models.JSONField(default=dict)
    shown: Any = models.JSONField(default=dict)
    change_set = models.ForeignKey("ledger.ChangeSet", null=True, on_delete=models.PROTECT, related_name="+")
    behind = models.PositiveBigIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="bulk_run_by")]

    def __str__(self) -> str:
        return f"{self.action} × {self.total}"


class BulkProblem(models.Model):
    """A record that a bulk run leaves as it is, with the reason; written in the transaction of its chunk.

    Attributes:
        reason: In the language of whoever runs it.
    """

    carried: ClassVar[Carried] = Carried(but={"run__state": "checking"}, why="of a preview under way")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    object_id = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="bulk_problem_of")]
