"""Roles: what people may do, and with whose records."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class Role(Record):
    """A set of permissions with their reach.

    Attributes:
        slug: Stable name of the roles that Coordina brings; empty for a company's own.
        reach: Permission name to `own`, `team` or `all`; a permission that is absent is not granted.
        second_factor: Whether who has it needs a second factor to get in.
        fields: By name of a record type, the fields closed to the role: `hidden`, or `read` for read only.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    slug = models.CharField(_("stable name"), max_length=40, blank=True, editable=False)
    reach = models.JSONField(_("permissions"), default=dict, blank=True, editable=False)
    second_factor = models.BooleanField(_("requires a second factor"), default=False)
    fields = models.JSONField(_("fields"), default=dict, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["name"], name="role_name_once")]

    def __str__(self) -> str:
        return self.name
