"""Erasures, which know ids alone, and holds, which put them off."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.privacy.enums import Because, Standing
from coordina.records.models import Hanger


class Erasure(Record):
    """That somebody is erased, or was: which record, why and how much; nothing of what stood there.

    Attributes:
        subject_type, subject_id: The record; its number means nothing once it is gone.
        counts: Rows by label of their model, as they went or were emptied, and `ledger` for entries there.
        owner: Who ordered it; empty for a rule and for what a restored backup had brought back.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "reason"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"status", "counts"}),)

    subject_type = models.CharField(max_length=60, editable=False)
    subject_id = models.BigIntegerField(_("number of the record"), editable=False)
    reason = models.CharField(
        _("reason"), max_length=10, choices=Because.choices, default=Because.ASKED, editable=False
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Standing.choices, default=Standing.WAITING, editable=False
    )
    counts: Any = models.JSONField(default=dict, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ordered by"),
        editable=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="erasure_of")]


class Hold(Hanger):
    """Why a person or lead may not be erased yet: a duty to keep, until a day.

    Attributes:
        until: Last day of the duty. Erased from the day after on, where that was ordered.
        erase: Whether the erasure was ordered meanwhile: until then they are blocked.
    """

    title_column: ClassVar[str] = "reason"

    reason = models.CharField(_("duty to keep"), max_length=200)
    until = models.DateField(_("until"))
    erase = models.BooleanField(_("erased when it ends"), default=False, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
        editable=False,
    )

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="hold_of"),
            models.Index(fields=["until"], name="hold_until"),
        ]
