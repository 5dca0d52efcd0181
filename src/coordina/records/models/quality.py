"""Marks of records whose values are wrong. Derived: gone without harm, and made again by looking at the records."""

from typing import ClassVar

from django.db import models

from coordina.core.carried import WORKED_OUT, Carried


class QualityMark(models.Model):
    """A flaw of a record.

    Attributes:
        type: Name of the record type.
        code: Name of the flaw.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "object_id", "code"], name="quality_mark_once")]


class QualityLook(models.Model):
    """Up to when the records of a type were looked at.

    Attributes:
        looked_at: Records that changed since are looked at the next time.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    type = models.CharField(max_length=60, primary_key=True)
    looked_at = models.DateTimeField()
