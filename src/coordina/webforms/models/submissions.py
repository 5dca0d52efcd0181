"""What forms were sent, as long as it is no lead: machine tables, so that what never became one leaves no trace."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from coordina.leads.models import Lead
from coordina.webforms.enums import State, Why


class Submissions(models.QuerySet["Submission"]):
    """Rows of submissions."""

    def put_aside(self) -> Self:
        """What was discarded, and what somebody made a lead of by hand and took back since."""
        undone = ~Q(answers={}) & ~Exists(Lead.objects.filter(pk=OuterRef("lead_id")))
        return self.filter(Q(state=State.DISCARDED) | Q(state=State.DONE, lead_id__isnull=False) & undone)


class Submission(models.Model):
    """One sending of a form. Its data goes when it becomes a lead by itself, else after a while.

    Attributes:
        form_id: Of the `WebForm`.
        nonce: From the signed mark of the page that was filled in: the same page is taken once.
        digest: Of what was sent, to tell the same sending from another one.
        answers: What was written, by field of the lead, as it was written.
        boxes: Ticked boxes: purpose, text and version of each.
        origin: `tracking`, `campaign`, `page`, `notice`.
        address_digest, email_digest: Keyed digests of network and e-mail address.
        token_digest: Of the link by which the e-mail address is confirmed.
        lead_id: What it became.
    """

    form_id = models.BigIntegerField()
    nonce = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True, default="")
    at = models.DateTimeField()
    answers: Any = models.JSONField(default=dict)
    boxes: Any = models.JSONField(default=list)
    origin: Any = models.JSONField(default=dict)
    address_digest = models.CharField(max_length=40, default="")
    email_digest = models.CharField(max_length=40, default="")
    token_digest = models.CharField(max_length=64, null=True, unique=True)
    lead_id = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = Submissions.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="submission_state"),
            models.Index(fields=["state", "at"], name="submission_age"),
            models.Index(fields=["email_digest", "at"], name="submission_email"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id}:{self.pk} ({self.state})"


class Tally(models.Model):
    """How often a form was sent, confirmed and discarded since it exists."""

    form_id = models.BigIntegerField(primary_key=True)
    sent = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    discarded = models.PositiveIntegerField(default=0)
