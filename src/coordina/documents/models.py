"""The letterhead of the company."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.records.files import named_in


class Letterhead(Record):
    """What stands on top and at the foot of every document: one row, written on its settings page.

    Attributes:
        only: Always 1: there is one letterhead.
        register_text: What the law wants at the foot, such as the entry in the commercial register.
        logo: Path of the kept bytes; empty where there is none. logo_name: The file's name, for people.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "legal_name"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"logo", "logo_name"}),)

    only = models.PositiveSmallIntegerField(default=1, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=160)
    tax_id = models.CharField(_("tax id"), max_length=40, blank=True, default="")
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    website = models.CharField(_("website"), max_length=200, blank=True, default="")
    register_text = models.CharField(_("register text"), max_length=500, blank=True, default="")
    logo = models.CharField(max_length=200, blank=True, default="", editable=False)
    logo_name = models.CharField(_("logo"), max_length=255, blank=True, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterhead")
        constraints = [models.UniqueConstraint(fields=["only"], name="letterhead_once")]

    def __str__(self) -> str:
        return self.legal_name


named_in(Letterhead, "logo")
