"""Rules of retention: who is erased when nothing has happened for long."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class OfKind(models.TextChoices):
    """Whom a rule is about."""

    PERSON = "person", _("Contacts")
    LEAD = "lead", _("Leads")


class RetentionRule(Record):
    """Whom Coordina erases by itself: a kind, a filter, and for how long nothing has happened. Off until switched on.

    Attributes:
        query: In the filter language; empty for all of the kind.
        days: For so long nothing has happened with them.
        told_on: Day on which administrators were told of the next round; erased a week later.
        owner: Who switched it on: it reaches whom they see.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    of = models.CharField(_("whom"), max_length=6, choices=OfKind.choices, default=OfKind.LEAD)
    query = models.CharField(_("only if"), max_length=1000, blank=True, default="")
    days = models.PositiveIntegerField(
        _("days without anything happening"), validators=[MinValueValidator(30), MaxValueValidator(3650)]
    )
    active = models.BooleanField(_("switched on"), default=False, editable=False)
    told_on = models.DateField(_("announced on"), null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("switched on by"),
        editable=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("rule of retention")
        verbose_name_plural = _("rules of retention")

    def __str__(self) -> str:
        return self.name
