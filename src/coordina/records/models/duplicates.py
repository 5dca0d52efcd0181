"""Records that are the same thing twice: how twins are found, which pairs wait for somebody, what was decided."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor, Reach
from coordina.core.carried import WORKED_OUT, Carried
from coordina.core.records import Record
from coordina.records.models.base import Hanger


class MatchKey(models.Model):
    """One blocking key of one record. A machine table: it follows every write, and can be rebuilt.

    Attributes:
        key: See `duplicates.keys.number`; it holds the record type.
        type_id: Content type of the record.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    key = models.BigIntegerField()
    type_id = models.SmallIntegerField()
    object_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "object_id"], name="match_key"),
            models.Index(fields=["type_id", "object_id", "key"], name="match_key_of"),
        ]


class MatchDue(models.Model):
    """A record whose twins are to be looked for. A machine table: written with the record, emptied by a job."""

    carried: ClassVar[Carried] = WORKED_OUT

    type_id = models.SmallIntegerField()
    object_id = models.BigIntegerField()


class DuplicatePair(models.Model):
    """Two records that may be one. A machine table: what a job found, with the score and why.

    Attributes:
        low_id, high_id: The smaller and the larger id.
        score: Probability from 0 to 1.
        reasons: `[trait, similarity, bits]` each, what says most first.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    type_id = models.SmallIntegerField()
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    score = models.FloatField()
    reasons: Any = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type_id", "low_id", "high_id"], name="duplicate_pair_once")]
        indexes = [
            models.Index(fields=["type_id", "-score", "-id"], name="duplicate_pair_best"),
            models.Index(fields=["type_id", "high_id"], name="duplicate_pair_high"),
        ]


class Merged(Hanger):
    """That a record was merged into another, its subject: old addresses lead there, its history stays readable.

    It hangs on the record that stayed, so it follows when that is merged again and goes when that is deleted.

    Attributes:
        gone_id: Id of the record that is no more; of the same model as the subject.
        name: What it was called.
    """

    gone_id = models.BigIntegerField(editable=False)
    name = models.CharField(_("name"), max_length=250, editable=False)

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        indexes = [
            models.Index(fields=["subject_type", "gone_id"], name="merged_gone"),
            models.Index(fields=["subject_type", "subject_id"], name="merged_into"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """Whoever sees the record that stayed knows what went into it; no permission of its own."""
        return cls.hung_where_seen(actor)


class NotSame(Record):
    """That somebody looked at two records and said they are not the same; they are not offered again.

    Attributes:
        subject_type: Label of their model.
        low_id, high_id: The smaller and the larger id.
        owner: Who said so.
    """

    title_column: ClassVar[str] = "subject_type"

    subject_type = models.CharField(max_length=60, editable=False)
    low_id = models.BigIntegerField(editable=False)
    high_id = models.BigIntegerField(editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        editable=False,
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("decision that two are not the same")
        verbose_name_plural = _("decisions that two are not the same")
        constraints = [models.UniqueConstraint(fields=["subject_type", "low_id", "high_id"], name="not_same_once")]
        indexes = [models.Index(fields=["subject_type", "high_id"], name="not_same_high")]

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """Decisions of whose records the actor may see both."""
        seen = Q(pk__in=())
        for label in MERGED_LABELS:
            model: Any = apps.get_model(label)
            scope = actor.scope(model.view_permission())
            if scope is None:
                continue
            here = Q(subject_type=label)
            if scope.reach is not Reach.ALL:
                rows = model.objects.visible_to(actor).values("pk")
                here &= Q(low_id__in=rows, high_id__in=rows)
            seen |= here
        return seen

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""


MERGED_LABELS: list[str] = []
"""Labels of the models whose records are compared; `duplicates.declared` fills it."""
