"""What people say to each other about records, what they follow, and what they want to be reminded of."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.visibility import NOBODY
from coordina.records.models import Hanger


class Comment(Hanger):
    """Something said about a record to those who see it.

    Attributes:
        mentions: Ids of the people whom the text names with an @ and who see the record.
    """

    title_column: ClassVar[str] = "text"

    unreached: Sequence[str] = ()
    """Names of people whom the action that wrote it did not tell, because they do not see the record."""

    text = models.TextField(_("comment"), max_length=20_000)
    mentions = models.JSONField(default=list, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"), editable=False
    )

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="comment_of")]


class Reminder(Hanger):
    """Something that a person wants to hear of a record at a certain time. Only who made it and who gets it see it.

    Attributes:
        owner: Whom it reminds.
        made_by: Who asked for it.
        done_at: When it was ticked off.
    """

    title_column: ClassVar[str] = "text"

    text = models.CharField(_("what of"), max_length=300)
    due_at = models.DateTimeField(_("when"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("for"),
        editable=False,
        db_index=False,
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"), editable=False
    )
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="reminder_on"),
            models.Index(fields=["owner", "due_at"], name="reminder_open", condition=Q(done_at__isnull=True)),
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(done_at__isnull=True)),
        ]

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """Rows that the actor made or gets, of records that the actor sees."""
        seen = super().condition(actor, permission)
        mine = Q(owner=actor.pk) | Q(made_by=actor.pk)
        return NOBODY if seen is None else seen & mine


class Reminded(models.Model):
    """That a reminder has rung for a time; a machine table, so that ringing is no change of the reminder."""

    reminder_id = models.BigIntegerField(primary_key=True)
    due_at = models.DateTimeField()


class Follow(models.Model):
    """That a person follows a record, or wants to follow it no more: a machine table.

    Owner and creator of a record follow it without a row.

    Attributes:
        active: False for who stays out although they own, made or comment it.
        change_set_id: The change that made them follow, where it was not their own choice.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    active = models.BooleanField(default=True)
    change_set_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "person"], name="follow_once"),
        ]
        indexes = [
            models.Index(fields=["person"], name="follow_of_person"),
            models.Index(fields=["change_set_id"], name="follow_of_change", condition=Q(change_set_id__isnull=False)),
        ]
