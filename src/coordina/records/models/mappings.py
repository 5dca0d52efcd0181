"""Mappings of files: what was decided about the columns of one, kept for the next that looks like it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor, Reach
from coordina.core.records import Record


class ImportMapping(Record):
    """What the columns of a kind of file become, and how its rows are taken.

    Attributes:
        type: Name of the record type that such files hold.
        headers: The names of the columns, as the file writes them.
        columns: By folded header: target, way of writing, meanings of values, texts read instead of others.
        options: Mode, matching field, answers, what rows without a value get.
        shared: Whether everyone who imports is offered it; else its owner alone.
    """

    scope_team: ClassVar[str] = ""
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"headers", "columns", "options"}),)

    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(_("what it holds"), max_length=60, editable=False)
    headers: Any = models.JSONField(_("columns"), default=list, editable=False)
    columns: Any = models.JSONField(_("what they become"), default=dict, editable=False)
    options: Any = models.JSONField(_("options"), default=dict, editable=False)
    shared = models.BooleanField(_("for everyone who imports"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"), editable=False
    )

    class Meta(Record.Meta):
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        indexes = [models.Index(fields=["type", "id"], name="import_mapping_of")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """One's own, and the shared ones; these are changed by who may change all of them."""
        scope = actor.scope(permission)
        if scope is None:
            return Q(pk__in=())
        mine = Q(owner_id=actor.pk)
        if permission == cls.view_permission() or scope.reach is Reach.ALL:
            return mine | Q(shared=True)
        return mine
