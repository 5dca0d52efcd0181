"""The search index: derived from records, rebuilt by a command."""

from typing import ClassVar

from django.db import models

from coordina.core.carried import WORKED_OUT, Carried


class SearchRow(models.Model):
    """One record as the search knows it. A machine table: it follows every write in its transaction.

    Attributes:
        type_id: Content type of the record.
        title: What names the record, as written.
        words: Its searchable text in plain words (`search.words.plain`), and marks of type, owner and team: `xt3`,
            `xo12`, `xg4`. By the marks the full-text index itself finds only what somebody may see.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    type_id = models.SmallIntegerField()
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=250)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type_id", "object_id"], name="search_row_once")]
