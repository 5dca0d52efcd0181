"""What people ask for: a request with its legal deadline."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.records import Record
from coordina.customers.models import Person
from coordina.leads.models import Lead
from coordina.privacy.enums import Asked, Stage


class PrivacyRequest(LookedAfter, Record):
    """That somebody asks for what the law gives them.

    Attributes:
        name, reply_to: Who asks, and where the answer goes; emptied when they are erased.
        person, lead: Whom it is about, where they are found.
        due_on: A month after `received_on` by law; may be put off by two more, with a reason.
    """

    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"status", "answered_on"}),)

    name = models.CharField(_("who asks"), max_length=200)
    reply_to = models.CharField(_("where the answer goes"), max_length=254, blank=True, default="")
    asked = models.CharField(_("what they ask for"), max_length=13, choices=Asked.choices, default=Asked.ACCESS)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("to be answered by"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=Stage.choices, default=Stage.OPEN, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("contact")
    )
    lead = models.ForeignKey(
        Lead, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("lead")
    )
    note = models.TextField(_("what was done"), blank=True, default="", max_length=20_000)

    class Meta(Record.Meta):
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="privacy_request_new"),
            models.Index(fields=["status", "due_on"], name="privacy_request_due"),
        ]

    def __str__(self) -> str:
        return self.name
