"""How long opportunities usually stay in a stage, measured once a day."""

from django.db import models


class StagePace(models.Model):
    """A measurement of a stage's past stays: no record, taken anew each day.

    Attributes:
        stays: How many past stays were looked at: those that were recorded last.
        days: Within how many days four of five left the stage; empty where too few stays are known.
        taken_on: Day of the measurement.
    """

    stage = models.OneToOneField("pipeline.Stage", on_delete=models.CASCADE, related_name="+", primary_key=True)
    stays = models.PositiveIntegerField()
    days = models.PositiveIntegerField(null=True)
    taken_on = models.DateField()
