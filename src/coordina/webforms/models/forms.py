"""Web forms, the fields they ask for and the boxes they offer."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import Team, User
from coordina.core.records import Record
from coordina.customers.enums import Channel
from coordina.customers.models import Purpose
from coordina.webforms.enums import Assignment, Language


class WebForm(Record):
    """A page that anybody can fill in; what is sent becomes a lead.

    Attributes:
        slug: Last part of its public address; unguessable unless somebody chose one.
        title: Heading of the public page; the name is for us alone.
        sites: Origins that may embed it, one a line, such as `https://www.example.com`.
        redirect_url: Where one goes afterwards; on one of the sites.
        double_opt_in: Whether it becomes a lead only once the e-mail address is confirmed.
        assignment: Who gets the leads; `lead_owner` and `lead_team` say who that is.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(_("public address"), max_length=60, blank=True)
    active = models.BooleanField(_("takes answers"), default=True)
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.ES)
    title = models.CharField(_("heading"), max_length=200, blank=True, default="")
    intro = models.TextField(_("introduction"), max_length=2000, blank=True, default="")
    button = models.CharField(_("button"), max_length=60, blank=True, default="")
    thanks = models.TextField(_("thanks"), max_length=2000, blank=True, default="")
    notice = models.TextField(_("privacy notice"), max_length=4000, blank=True, default="")
    notice_url = models.URLField(_("link to the privacy policy"), max_length=300, blank=True, default="")
    source = models.CharField(_("source"), max_length=120, blank=True, default="")
    campaign = models.CharField(_("campaign"), max_length=200, blank=True, default="")
    assignment = models.CharField(
        _("leads go to"), max_length=10, choices=Assignment.choices, default=Assignment.NOBODY
    )
    lead_owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("person")
    )
    lead_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("team")
    )
    double_opt_in = models.BooleanField(_("confirm the e-mail address"), default=False)
    redirect_url = models.URLField(_("afterwards go to"), max_length=300, blank=True, default="")
    sites = models.TextField(_("sites that may embed it"), max_length=2000, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="web_form_name_once"),
            models.UniqueConstraint(fields=["slug"], name="web_form_slug_once"),
        ]
        indexes = [models.Index(fields=["-changed_at", "-id"], name="web_form_new")]

    def __str__(self) -> str:
        return self.name

    @property
    def origins(self) -> list[str]:
        """The sites that may embed it."""
        return self.sites.split()


class FormField(Record):
    """A field of the lead that a form asks for.

    Attributes:
        field: Name of the field of the lead.
        label: What the form calls it; empty for the lead's own word.
    """

    scope_parent: ClassVar[str] = "form"
    title_column: ClassVar[str] = "field"

    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="+", verbose_name=_("web form"))
    field = models.CharField(_("field"), max_length=80)
    label = models.CharField(_("label on the form"), max_length=120, blank=True, default="")
    help = models.CharField(_("help"), max_length=300, blank=True, default="")
    required = models.BooleanField(_("required"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("field of the form")
        verbose_name_plural = _("fields of the form")
        constraints = [models.UniqueConstraint(fields=["form", "field"], name="form_field_once")]

    def __str__(self) -> str:
        return self.label or self.field


class FormConsent(Record):
    """A box on a form: what somebody agrees to by ticking it. It is never ticked beforehand.

    Attributes:
        purpose: What for; the answer joins the history of consent under it.
        channel: By which way they may be reached for it; empty for all ways.
        text: What stands beside the box, word for word; empty for the text of the purpose.
    """

    scope_parent: ClassVar[str] = "form"
    title_column: ClassVar[str] = "purpose_id"

    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="+", verbose_name=_("web form"))
    purpose = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, related_name="+", verbose_name=_("purpose of consent")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True, default="")
    text = models.TextField(_("text beside the box"), max_length=1000, blank=True, default="")
    required = models.BooleanField(_("required"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("consent box")
        verbose_name_plural = _("consent boxes")

    def __str__(self) -> str:
        return self.shown[:80]

    @property
    def shown(self) -> str:
        """The words beside the box."""
        return self.text or self.purpose.text or self.purpose.name
