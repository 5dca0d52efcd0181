"""Teams: a tree with managers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class Team(Record):
    """A team, possibly inside another; a region is a team that figures are compared by."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("part of")
    )
    manager = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager")
    )
    is_region = models.BooleanField(_("region"), default=False, help_text=_("Figures can be compared by region."))

    class Meta(Record.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name
