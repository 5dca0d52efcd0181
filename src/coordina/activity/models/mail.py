"""Outgoing mail: a machine table, no records. The rows are the only truth about what is to be sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import Carried


class MailState(models.TextChoices):
    """Where a mail stands. `WAITING` goes out by itself; `HELD` and `FAILED` wait for a person; the others are over."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Kept, no mail server")
    CANCELLED = "cancelled", _("Not sent")


class Mail(models.Model):
    """One mail to one address.

    Attributes:
        person_id: The user it goes to, where it is one.
        composer: Who writes its contents at the moment it leaves (`mail.COMPOSERS`); empty where they stand here.
        data: What the composer needs: plain JSON.
        subject_type, subject_id: The record it is about; somebody who no longer sees it is not sent it.
        secret: It holds a personal link: only who may give access anyway is shown the text.
        key: Unique: the same mail is not stored twice.
        next_at: When it is tried; while it is handed over, when another worker may take it.
        error: Why the last attempt failed, as the mail server said it.
        change_set_id: What caused it, whose undo takes it back while it has not left.
    """

    carried: ClassVar[Carried] = Carried(
        but={"secret": True}, why="they hold personal links", settled={"state": {"waiting": "held"}}
    )

    person_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=150, blank=True, default="")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField(default="")
    html = models.TextField(default="")
    language = models.CharField(max_length=10, default="")
    composer = models.CharField(max_length=60, default="")
    data = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60, default="")
    subject_id = models.BigIntegerField(null=True)
    secret = models.BooleanField(default=False)
    key = models.CharField(max_length=200, null=True, unique=True)
    token = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=MailState)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, default="")
    error_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    change_set_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="mail_due", condition=Q(state=MailState.WAITING)),
            models.Index(fields=["state", "-id"], name="mail_by_state"),
            models.Index(fields=["change_set_id"], name="mail_of_change", condition=Q(change_set_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.state})"
