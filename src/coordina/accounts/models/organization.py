"""The company that works with Coordina."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Language
from coordina.core.records import Record


class Organization(Record):
    """The company itself: one row, made on the first-run page.

    Attributes:
        currency: ISO code of the one currency in which sums are reported.
        quiet_days: Days without anything after which a record is stale, until somebody asks for another number.
        held_since: Since when nothing leaves, after a restore; None where messages leave as usual.
        is_demo: Whether this is the demo company; only then demo sign-ins exist.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("company name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.ES)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Madrid")
    country = models.CharField(_("country"), max_length=2, default="ES")
    quiet_days = models.PositiveSmallIntegerField(_("days without movement"), default=180)
    held_since = models.DateTimeField(_("nothing leaves since"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("company settings")
        verbose_name_plural = _("company settings")

    def __str__(self) -> str:
        return self.name
