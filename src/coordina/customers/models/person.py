"""People and the companies they work for."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Language
from coordina.accounts.models import LookedAfter
from coordina.core.records import Record
from coordina.customers.enums import Consent
from coordina.customers.models.company import Company
from coordina.customers.models.contactable import Contactable
from coordina.records.models import Extensible


class Person(LookedAfter, Contactable, Extensible):
    """Somebody one talks to.

    Attributes:
        company: The main employer; further ones are positions.
        phone, mobile: E.164.
        preferences, special_requests: What personalised service needs to know (C4).
        consent: What they said to being written to; empty where nothing is on record.
        consent_source: How one knows it, such as a form or a call. consent_on: Day they said it.
    """

    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"consent", "consent_source", "consent_on"}),)

    name = models.CharField(_("name"), max_length=200)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("company")
    )
    job_title = models.CharField(_("job title"), max_length=150, blank=True, default="")
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    mobile = models.CharField(_("mobile"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    profile_url = models.URLField(_("profile link"), max_length=300, blank=True, default="")
    preferences = models.TextField(_("preferences"), blank=True, default="", max_length=20_000)
    special_requests = models.TextField(_("special requests"), blank=True, default="", max_length=20_000)
    consent = models.CharField(_("consent"), max_length=10, choices=Consent.choices, blank=True, default="")
    consent_source = models.CharField(_("how the consent is known"), max_length=160, blank=True, default="")
    consent_on = models.DateField(_("consent since"), null=True, blank=True)

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="person_new"),
            models.Index(fields=["name", "id"], name="person_by_name"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="person_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="person_team"),
            models.Index(fields=["email"], name="person_by_email"),
        ]

    def __str__(self) -> str:
        return self.name


class Position(Record):
    """A further company that a person works for."""

    scope_parent: ClassVar[str] = "person"
    title_column: ClassVar[str] = "job_title"

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("contact"), editable=False
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    job_title = models.CharField(_("job title"), max_length=150, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [models.UniqueConstraint(fields=["person", "company"], name="position_once")]
