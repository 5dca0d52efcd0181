"""Sums of the board, kept beside the opportunities."""

from typing import ClassVar

from django.db import models

from coordina.core.carried import WORKED_OUT, Carried


class StageSum(models.Model):
    """How much is in a stage for one owner in one team: changes are appended, a job adds them up.

    Derived from opportunities and no record: `rebuild` makes it anew. The sum over rows of a key is the figure, so
    writers never meet on one row.

    Attributes:
        count: Opportunities.
        cents: Their value in hundredths of the reporting currency; unknown amounts count as none.
        weighted: Value times probability, in hundredths of a hundredth.
        dated: How many have a known day of entry.
        days: Sum of these days, as ordinals: the mean time in the stage is today less their mean.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    stage = models.ForeignKey("pipeline.Stage", on_delete=models.CASCADE, related_name="+", db_index=False)
    owner_id = models.BigIntegerField()
    team_id = models.BigIntegerField(null=True)
    count = models.IntegerField(default=0)
    cents = models.BigIntegerField(default=0)
    weighted = models.BigIntegerField(default=0)
    dated = models.IntegerField(default=0)
    days = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["stage", "team_id", "count", "cents", "weighted", "dated", "days"], name="stage_sum_team"
            ),
            models.Index(fields=["owner_id", "stage"], name="stage_sum_owner"),
        ]
