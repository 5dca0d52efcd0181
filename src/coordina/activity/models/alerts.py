"""Alerts, which follow from the records; and what people decided about them, which is on the ledger."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import WORKED_OUT, Carried
from coordina.core.records import Record
from coordina.records.models import Hanger

ASIDE = 0
"""Place of a matter that somebody put off or closed by hand."""
HANDED = 10
"""Added to the quadrant of a matter that was handed to somebody else than the owner of its record."""


class Alert(models.Model):
    """A matter that stands now: there is a row as long as the watcher's condition holds for the record.

    Derived from records and marks, and no record itself: `rebuild` makes it anew. Owner and team are those of the
    record, so that reach is an index lookup.

    Attributes:
        watcher: Name of the watcher.
        subject_type: Label of the record's model. subject_id: Its id.
        holder_id: Whose list it is on: whom it was handed to, else the owner of the record.
        since: Day since which it is so.
        urgent_on: First day on which it is urgent; empty for never.
        importance: Points from 0 to 100.
        place: Quadrant from 1 to 4, with `HANDED` added where it was handed on; `ASIDE` while it is put off or closed.
        aside_until: Day until which it was put off; empty otherwise.
        closed: Whether somebody closed it by hand.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    watcher = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    holder_id = models.BigIntegerField(null=True)
    since = models.DateField()
    urgent_on = models.DateField(null=True)
    importance = models.SmallIntegerField()
    place = models.SmallIntegerField()
    aside_until = models.DateField(null=True)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "watcher"], name="alert_once"),
        ]
        indexes = [
            models.Index(fields=["place", "-importance", "since", "id", "subject_type", "team_id"], name="alert_place"),
            models.Index(fields=["holder_id", "place", "-importance", "since", "id"], name="alert_holder"),
            models.Index(fields=["team_id", "place", "-importance", "since", "id"], name="alert_team"),
            models.Index(fields=["holder_id", "watcher", "-since", "-id"], name="alert_own_kind"),
            models.Index(fields=["watcher", "-since", "-id", "team_id"], name="alert_kind"),
        ]


class AlertMark(Hanger):
    """What somebody decided about one matter of one record: put off, handed on, or closed with a reason.

    It counts for the matter that began on `since`: when the same record needs a hand again for the same reason, later,
    that is another matter.

    Attributes:
        watcher: Name of the watcher.
        until: Day on which it comes back; empty where it was not put off.
        handed_to: Who looks after it; empty for the owner of the record.
        closed: Whether it is not to be shown any more, with the reason in `reason`.
    """

    title_column: ClassVar[str] = "watcher"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"since", "until", "handed_to_id", "closed", "reason"}),
    )

    watcher = models.CharField(max_length=60, editable=False)
    since = models.DateField(editable=False)
    until = models.DateField(_("put off until"), null=True, editable=False)
    handed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("handed to"),
        editable=False,
    )
    closed = models.BooleanField(_("closed"), default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="", editable=False)

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("decision on an alert")
        verbose_name_plural = _("decisions on alerts")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="alert_mark_of")]


class AlertTuning(Record):
    """What the company says of urgency and importance: one row at most; without it the watchers' own numbers count.

    Attributes:
        important_value: Amount in the reporting currency that makes a matter important by itself.
        waits: Days until a matter is urgent by watcher; null in it means never, a missing name the watcher's own.
        off: Names of watchers that are switched off.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "important_value"

    important_value = models.DecimalField(
        _("important from"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(10_000),
        validators=[MinValueValidator(Decimal(1))],
    )
    waits = models.JSONField(_("days until urgent"), default=dict, blank=True)
    off = models.JSONField(_("switched off"), default=list, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("urgency and importance")
        verbose_name_plural = _("urgency and importance")


class AlertRound(models.Model):
    """The day for which all records were asked last; one row."""

    carried: ClassVar[Carried] = WORKED_OUT

    day = models.DateField()
