"""Webhooks, and the machine tables beside them: secrets and troubles, what is due, what was sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import SECRET, UNDER_WAY, Carried
from coordina.core.records import Record


class Status(models.TextChoices):
    """Whether a webhook sends."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


class Stopped(models.TextChoices):
    """Why a webhook was stopped by Coordina itself."""

    NOT = "", _("It was not")
    FAILING = "failing", _("Nobody answered for days")
    GONE = "gone", _("The other side unsubscribed")
    OWNER = "owner", _("Its owner may not keep webhooks any more")
    TOKEN = "token", _("The token that made it has ended")


class Shape(models.TextChoices):
    """What a request holds."""

    ENVELOPE = "envelope", _("An envelope with a list of events")
    PLAIN = "plain", _("The event alone, as no-code tools expect it")


class Webhook(Record):
    """An address that is told of events, with the sight and reach of its owner at that moment.

    Attributes:
        events: Names such as `opportunity.won`; `opportunity.*` for all of a kind, `*` for everything.
        filter: Only records that meet it, in the language of lists; all events are then of one kind of record.
        stopped: Why Coordina itself switched it off.
        token_ref: Id of the token by which a program made it; it ends with that token.
    """

    scope_team: ClassVar[str] = ""
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"status", "stopped"}),
        frozenset({"events", "filter"}),
    )

    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=2000)
    events = models.JSONField(_("events"), default=list)
    filter = models.CharField(_("only where"), max_length=2000, blank=True, default="")
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    stopped = models.CharField(
        _("stopped because"), max_length=8, choices=Stopped.choices, blank=True, default=Stopped.NOT
    )
    shape = models.CharField(_("what is sent"), max_length=8, choices=Shape.choices, default=Shape.ENVELOPE)
    token_ref = models.BigIntegerField(null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["owner", "-id"], name="webhook_of")]

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """What a webhook needs to be sent: what its secret is derived from, and how its receiver does. A machine table.

    Attributes:
        nonce: Random; with the key of the installation it gives the secret, which is kept nowhere.
        old_nonce, old_until: The one before, good along for a while after a change.
        shown: Whether the secret was shown; it is shown once.
        failing_since: When attempts began to fail, none succeeding since.
        failures: Attempts that failed in a row because the receiver could not be reached.
        not_before: Until when nothing is tried, because the receiver cannot be reached or asked for it.
    """

    carried: ClassVar[Carried] = SECRET

    webhook = models.OneToOneField(Webhook, on_delete=models.CASCADE, related_name="+", primary_key=True)
    nonce = models.CharField(max_length=64)
    old_nonce = models.CharField(max_length=64, blank=True, default="")
    old_until = models.DateTimeField(null=True)
    shown = models.BooleanField(default=False)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)


class Due(models.Model):
    """A change set that wrote something to which somebody listens, until a job has looked at it. A machine table."""

    carried: ClassVar[Carried] = UNDER_WAY

    change_set_id = models.BigIntegerField(unique=True)


class DeliveryState(models.TextChoices):
    """Where a delivery stands. `WAITING` goes out by itself, `DEAD` waits for a person; the others are over."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Delivered")
    DEAD = "dead", _("Given up")
    WITHHELD = "withheld", _("Not sent")
    CANCELLED = "cancelled", _("Taken back")


class Delivery(models.Model):
    """One request to a receiver: about one record, or about up to a hundred that bulk work wrote. A machine table.

    Attributes:
        token: Its public id, the same at every attempt.
        event: Name; `noun` is its record type, `ids` are the records.
        change_set_id: What caused it; None for a sample.
        part: Number among the deliveries of one event and change set: the record's id, or below 0 for a batch.
        lane: What keeps its order, `company:7`; empty for a batch, which waits for all before it and holds all behind.
        next_at: When it is tried; while it is under way, when it may be tried again.
        note: Why it was not sent, or what went wrong.
        body: What was sent last, compressed.
        answer: The beginning of what the receiver said.
        milliseconds: How long the last attempt took.
    """

    carried: ClassVar[Carried] = UNDER_WAY

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.CharField(max_length=40, unique=True)
    event = models.CharField(max_length=120)
    noun = models.CharField(max_length=60)
    ids = models.JSONField(default=list)
    change_set_id = models.BigIntegerField(null=True)
    part = models.BigIntegerField(default=0)
    lane = models.CharField(max_length=90, blank=True, default="")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=1000, blank=True, default="")
    body = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "change_set_id", "event", "part"], name="delivery_once")
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="delivery_due", condition=Q(state=DeliveryState.WAITING)),
            models.Index(
                fields=["webhook", "lane", "id"], name="delivery_waits", condition=Q(state=DeliveryState.WAITING)
            ),
            models.Index(fields=["webhook", "-id"], name="delivery_log"),
            models.Index(fields=["change_set_id"], name="delivery_cause", condition=Q(change_set_id__isnull=False)),
        ]
