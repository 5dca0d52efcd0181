"""Interactions: every call, e-mail, meeting, visit and message with a customer."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.records import HANGERS, Record
from coordina.customers.enums import Direction, InteractionKind, Outcome
from coordina.customers.models.company import Company
from coordina.customers.models.person import Person


class Interaction(LookedAfter, Record):
    """One time one was in touch.

    Attributes:
        happened_at: When, in business; not when it was written down.
        minutes: How long it took.
        subject_type, subject_id: The record it was about, such as an opportunity; empty where it was about none.
        company, person: Whom it was with; kept on the row so that lists and figures need no detour.
    """

    title_column: ClassVar[str] = "summary"
    outlives_subject: ClassVar[bool] = True

    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind.choices, default=InteractionKind.CALL)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices, blank=True, default="")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True, default="")
    summary = models.CharField(_("what about"), max_length=200)
    body = models.TextField(_("what was said"), blank=True, default="", max_length=20_000)
    happened_at = models.DateTimeField(_("when"))
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    company = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("company"),
        db_index=False,
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("contact"),
        db_index=False,
    )
    subject_type = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="interaction_new"),
            models.Index(fields=["owner", "-happened_at", "-id"], name="interaction_own"),
            models.Index(fields=["team", "-happened_at", "-id"], name="interaction_team"),
            models.Index(fields=["company", "-happened_at"], name="interaction_company"),
            models.Index(fields=["person", "-happened_at"], name="interaction_person"),
            models.Index(fields=["subject_type", "subject_id", "-happened_at"], name="interaction_subject"),
        ]

    def __str__(self) -> str:
        return self.summary


HANGERS.append(Interaction)
