"""What people are told: machine tables, no records. Undo of what caused them takes them back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import UNDER_WAY, Carried


class How(models.TextChoices):
    """How somebody wants to hear of a kind of news."""

    APP = "app", _("In Coordina")
    MAIL = "mail", _("In Coordina and by e-mail at once")
    DIGEST = "digest", _("In Coordina and in a daily e-mail")
    OFF = "off", _("Not at all")


class Notification(models.Model):
    """Something one person is told.

    Attributes:
        kind: Name in `kinds.KINDS`.
        subject_type, subject_id: The record it is about; who no longer sees it is shown nothing.
        also: Further records of the same type, for a summary of bulk work.
        by_id: Who did it; null for the system.
        text: What is told, in the language of the person.
        url: Where it leads, where that is not the record.
        origin: The thing it repeats, such as `activity.Comment:7`, so that it goes or changes with it.
        key: Unique for a person: the same is told once.
        how: What the person had chosen when it was told.
        mailed_at: When it went into a mail.
        withdrawn: What caused it was undone.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, default="")
    subject_id = models.BigIntegerField(null=True)
    also = models.JSONField(default=list)
    by_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=600)
    url = models.CharField(max_length=200, default="")
    origin = models.CharField(max_length=80, default="")
    key = models.CharField(max_length=200)
    how = models.CharField(max_length=6, choices=How)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    change_set_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_of", condition=Q(withdrawn=False)),
            models.Index(
                fields=["person", "-id"], name="notification_unread", condition=Q(read_at__isnull=True, withdrawn=False)
            ),
            models.Index(
                fields=["person"], name="notification_digest", condition=Q(how="digest", mailed_at__isnull=True)
            ),
            models.Index(fields=["origin"], name="notification_origin", condition=~Q(origin="")),
            models.Index(
                fields=["change_set_id"], name="notification_change", condition=Q(change_set_id__isnull=False)
            ),
            models.Index(fields=["at"], name="notification_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class Preference(models.Model):
    """How a person wants to hear of one kind, where they have chosen."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    how = models.CharField(max_length=6, choices=How)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once")]


class Bell(models.Model):
    """Another number whenever somebody's notifications change: pages count again only then."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    version = models.PositiveBigIntegerField(default=1)


class HearingDue(models.Model):
    """A change set that followers are to hear of. A machine table: written with the change, emptied by a job."""

    carried: ClassVar[Carried] = UNDER_WAY

    change_set_id = models.BigIntegerField()
