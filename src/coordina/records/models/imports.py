"""Import runs: a file on its way into records."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import Carried


class RunState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("Reading the file")
    MAPPING = "mapping", _("Matching columns")
    CHECKING = "checking", _("Checking rows")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Imported")
    STOPPED = "stopped", _("Stopped")
    UNDOING = "undoing", _("Undoing")
    UNDONE = "undone", _("Undone")
    PARTLY = "partly", _("Partly undone")
    REDOING = "redoing", _("Importing again")
    FAILED = "failed", _("Failed")


class ImportRun(models.Model):
    """One file and what becomes of it. A machine table: what it writes is on the ledger, itself it is a tool.

    Attributes:
        by: Whose import it is; nobody else sees it, unless they may undo what others did.
        parent: The run that this file came with: several files of one export are imported and undone as one. The
            parent has no rows of its own.
        place: Order within the parent: what others refer to comes before them.
        type: Name of the record type; empty until the file has been read, where nobody said it.
        path: Where the uploaded bytes are, below the data folder; generated.
        facts: What reading found out about the file (`FileFacts.as_json`).
        columns: By column: header, target, formats, value decisions; see `importing.plan`.
        options: Mode, matching field, constants, whether referred records are made.
        counts: Rows by verdict: `new`, `update`, `same`, `error`, and `made`: records that rows refer to, by field.
        samples: A few rows of each verdict with what they would become, for the review.
        problem: Why the file cannot be imported at all, in the importer's language.
        result: What an undo did: `undone`, `held` (how many) and `list` with the first of them.
        change_set: What the import wrote; undone as a whole.
        behind: Rows that are behind; grows in the transaction of each chunk, so that a killed import goes on.
        job: The job that reads, checks, imports or undoes now.
    """

    carried: ClassVar[Carried] = Carried(
        settled={
            "state": {
                "reading": "failed",
                "checking": "mapping",
                "running": "stopped",
                "undoing": "done",
                "redoing": "failed",
            }
        }
    )

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=60, blank=True, default="")
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.READING)
    facts = models.JSONField(default=dict)
    columns: Any = models.JSONField(default=list)
    options: Any = models.JSONField(default=dict)
    counts: Any = models.JSONField(default=dict)
    samples: Any = models.JSONField(default=dict)
    result: Any = models.JSONField(default=dict)
    problem = models.TextField(blank=True, default="")
    change_set = models.ForeignKey("ledger.ChangeSet", null=True, on_delete=models.PROTECT, related_name="+")
    behind = models.PositiveBigIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["by", "-id"], name="import_run_by")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def several(self) -> bool:
        """Whether it stands for several files, which are runs of their own."""
        return bool(self.facts.get("several"))


class ImportProblem(models.Model):
    """A row that an import leaves out, with the reason; written in the transaction of its chunk.

    Attributes:
        reasons: Messages as `[field label, message]`, in the importer's language.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    cells = models.JSONField(default=list)
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="import_problem_of")]


class TwinChoice(models.TextChoices):
    """What becomes of a row whose record may be there already."""

    CREATE = "create", _("Create it anyway")
    UPDATE = "update", _("Update the existing one")
    SKIP = "skip", _("Leave the row out")


class ImportTwin(models.Model):
    """A new row that may be there already, and what was decided. A machine table, as the run itself.

    Attributes:
        number: Of the row in the file. name: What the row calls its record.
        object_id: The record it may be; the importer may see it.
        score, reasons: As in `DuplicatePair`.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    name = models.CharField(max_length=250, blank=True, default="")
    object_id = models.BigIntegerField()
    score = models.FloatField()
    reasons: Any = models.JSONField(default=list)
    choice = models.CharField(max_length=6, choices=TwinChoice.choices, default=TwinChoice.CREATE)

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="import_twin_of")]
