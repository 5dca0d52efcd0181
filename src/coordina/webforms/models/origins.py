"""What a lead keeps of the form it came by: which one, from where, and the proof of what was agreed to."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.records import Record
from coordina.leads.models import Lead
from coordina.webforms.models.forms import WebForm


class LeadOrigin(Record):
    """That a lead came by a form.

    Attributes:
        sent_at: When the form was sent. confirmed_at: When the e-mail address was confirmed, where that was asked.
        given_to: Who got the lead when it came; the turns of a team are counted by it.
        page: Address of the page on which the form stood, as far as it is known.
        notice: The privacy notice that was shown, word for word.
        address_digest: Keyed digest of the network address it was sent from.
    """

    scope_parent: ClassVar[str] = "lead"
    title_column: ClassVar[str] = "page"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", verbose_name=_("lead"), editable=False)
    form = models.ForeignKey(
        WebForm, on_delete=models.PROTECT, related_name="+", verbose_name=_("web form"), editable=False
    )
    sent_at = models.DateTimeField(_("sent"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    given_to = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    page = models.CharField(_("page"), max_length=500, blank=True, default="", editable=False)
    notice = models.TextField(_("privacy notice"), blank=True, default="", editable=False)
    address_digest = models.CharField(max_length=40, blank=True, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = _("origin of a lead")
        verbose_name_plural = _("origins of leads")


class ConsentGiven(Record):
    """The proof that somebody ticked a box: what it said, when, on which form. Never edited.

    Attributes:
        entry_id: Of the answer in the history of consent (`customers.ConsentEntry`) that it proves.
        text: The text beside the box, word for word. text_version: Digest of it: equal texts, equal versions.
    """

    scope_parent: ClassVar[str] = "lead"
    title_column: ClassVar[str] = "purpose"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", verbose_name=_("lead"), editable=False)
    form = models.ForeignKey(
        WebForm, on_delete=models.PROTECT, related_name="+", verbose_name=_("web form"), editable=False
    )
    entry_id = models.BigIntegerField(editable=False)
    purpose = models.CharField(_("purpose"), max_length=120, editable=False)
    text = models.TextField(_("text beside the box"), editable=False)
    text_version = models.CharField(max_length=16, editable=False)
    given_at = models.DateTimeField(_("given"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    address_digest = models.CharField(max_length=40, blank=True, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = _("consent of a lead")
        verbose_name_plural = _("consents of leads")
