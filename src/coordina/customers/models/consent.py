"""What people agreed to, for which purpose and by which way; and addresses to which nothing is sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.customers.enums import Channel, Consent
from coordina.records.models import Hanger


class Purpose(Record):
    """What people are asked to agree to, such as a newsletter.

    Attributes:
        text: What they are shown when they are asked; kept with each answer as it was then.
        main: Whether the consent on the page of a contact is that to this purpose; exactly one is.
        archived: It is not asked for any more; answers stay.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text that people are shown"), blank=True, default="", max_length=4000)
    main = models.BooleanField(_("main purpose"), default=False, editable=False)
    archived = models.BooleanField(_("not asked any more"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("purpose of consent")
        verbose_name_plural = _("purposes of consent")
        constraints = [models.UniqueConstraint(fields=["name"], name="purpose_name_once")]

    def __str__(self) -> str:
        return self.name


class ConsentEntry(Hanger):
    """One answer of a person or lead: given, refused or withdrawn. Never edited, only countered by a newer one.

    Attributes:
        channel: By which way they may be reached for the purpose; empty for all ways.
        said_on: Day they said it; empty where only older data knew that they did. The newest counts.
        source: How one knows: a form, a call, a contract.
        text_shown: What they were shown.
        proof: Where the proof is: the name of a file, the number of a form.
        owner: Who recorded it; empty for data from before there was this history.
    """

    title_column: ClassVar[str] = "answer"

    purpose = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, related_name="+", verbose_name=_("purpose of consent"), editable=False
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, blank=True, default="", editable=False
    )
    answer = models.CharField(_("consent"), max_length=10, choices=Consent.choices, editable=False)
    said_on = models.DateField(_("said on"), null=True, editable=False)
    source = models.CharField(_("how the consent is known"), max_length=160, blank=True, default="", editable=False)
    text_shown = models.TextField(_("text shown"), blank=True, default="", max_length=4000, editable=False)
    proof = models.CharField(_("where the proof is"), max_length=200, blank=True, default="", editable=False)
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
        verbose_name = _("answer about consent")
        verbose_name_plural = _("answers about consent")
        indexes = [models.Index(fields=["subject_type", "subject_id", "purpose", "-said_on", "-id"], name="consent_of")]


class Suppression(Record):
    """An address or number to which nothing is sent, whoever it belongs to. Only a keyed digest of it is kept, so
    that it outlives the erasure of the person and works again when they are imported anew.

    Attributes:
        kind: `email` or `phone`.
        digest: HMAC-SHA-256 of the address as it is kept in fields, hexadecimal.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "reason"

    kind = models.CharField(
        _("kind"), max_length=5, choices=[("email", _("E-mail")), ("phone", _("Phone"))], editable=False
    )
    digest = models.CharField(max_length=64, editable=False)
    reason = models.CharField(_("why not"), max_length=200)

    class Meta(Record.Meta):
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [models.UniqueConstraint(fields=["digest"], name="suppression_once")]

    def __str__(self) -> str:
        return self.reason
