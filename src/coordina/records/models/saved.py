"""Saved views of lists, who begins with which, and figures that a job worked out for a view."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordina.accounts.models import Role, Team
from coordina.accounts.tree import nodes
from coordina.core.actors import Actor, Reach
from coordina.core.carried import WORKED_OUT, Carried
from coordina.core.records import Record
from coordina.core.sight import kept
from coordina.core.types import TYPES, find_type

SHARE = "records.share_savedview"
"""Permission to show views to a role or to everyone, to change such views, and to choose what a role begins with."""


class Audience(models.TextChoices):
    """Who finds a view among theirs."""

    PRIVATE = "private", _("Only me")
    TEAM = "team", _("A team")
    ROLE = "role", _("A role")
    EVERYONE = "everyone", pgettext_lazy("who sees a view", "Everyone")


class Layout(models.TextChoices):
    """How the rows of a view are laid out."""

    LIST = "list", _("List")
    BOARD = "board", _("Board")
    CALENDAR = "calendar", _("Calendar")
    CHART = "chart", _("Chart")


class SavedView(Record):
    """A list as somebody wants to find it again: filter, columns, order, groups and layout.

    It shows to each reader what that reader may see: it holds no rows, only what to ask for.

    Attributes:
        type: Name of the record type it lists.
        state: What the address of the list would say, by parameter (`records.view_state`).
        audience: Who finds it; with `shared_team` or `shared_role` where it is a team or a role.
        pinned: Stands among the tabs, before the others.
    """

    scope_team: ClassVar[str] = ""
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"audience", "shared_team_id", "shared_role_id"}),)

    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(_("list"), max_length=60, editable=False)
    state = models.JSONField(_("what it shows"), default=dict, blank=True, editable=False)
    audience = models.CharField(
        _("visible to"), max_length=8, choices=Audience.choices, default=Audience.PRIVATE, editable=False
    )
    shared_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"), editable=False
    )
    shared_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("role"), editable=False
    )
    pinned = models.BooleanField(_("pinned"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"), editable=False
    )

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("a saved list", "view")
        verbose_name_plural = pgettext_lazy("saved lists", "views")
        indexes = [models.Index(fields=["type", "id"], name="saved_view_of")]

    def __str__(self) -> str:
        return self.name

    @property
    def layout(self) -> str:
        """How its rows are laid out."""
        return str(self.state.get("layout") or Layout.LIST)

    @property
    def query(self) -> str:
        """Its filter, in the filter language."""
        return str(self.state.get("q", ""))

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """Views that the actor may find, or with another permission than seeing: that they may change.

        One's own, and of types one may list those shared with one's team or a team above it, with one's role, or with
        everyone. Who may share with roles may also change what is shared with others.
        """
        scope = actor.scope(permission)
        if scope is None:
            return Q(pk__in=())
        mine = Q(owner_id=actor.pk)
        if permission == cls.view_permission():
            own = find_type(cls)
            return kept(own, actor, "found", lambda: _found(actor)) if own is not None else _found(actor)
        if scope.reach is Reach.ALL and actor.may(SHARE):
            return mine | (~Q(audience=Audience.PRIVATE) & shared_with(actor))
        return mine


def _found(actor: Actor) -> Q:
    """Views that somebody finds: one's own and what is shared with one, of types that one may list."""
    types = [known.name for known in TYPES if actor.may(known.model.view_permission())]
    return Q(type__in=types) & (Q(owner_id=actor.pk) | shared_with(actor))


def shared_with(actor: Actor) -> Q:
    """Views that somebody shared with a team, a role or everyone that the actor belongs to."""
    found = Q(audience=Audience.EVERYONE)
    user: Any = actor
    if teams := teams_around(user):
        found |= Q(audience=Audience.TEAM, shared_team_id__in=teams)
    if getattr(user, "role_id", None) is not None:
        found |= Q(audience=Audience.ROLE, shared_role_id=user.role_id)
    return found


def teams_around(user: Any) -> list[int]:
    """The teams whose views a person finds: the own one, those above it, and those they manage with all below."""
    parents = {team: parent for team, parent, _manager, _region in nodes(getattr(user, "stamp", None))}
    found = set(getattr(user, "team_ids", ()))
    above = getattr(user, "team_id", None)
    for _step in parents:  # a tree that bites its own tail ends too
        if above is None:
            break
        found.add(above)
        above = parents.get(above)
    return sorted(found)


class FirstView(Record):
    """The view that a list opens with, for one person or for a role; a person's own choice comes before the role's.

    Attributes:
        type: Name of the record type.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "type"

    type = models.CharField(_("list"), max_length=60)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+", verbose_name=_("view"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    role = models.ForeignKey(Role, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("role"))

    class Meta(Record.Meta):
        verbose_name = _("first view")
        verbose_name_plural = _("first views")
        constraints = [
            models.UniqueConstraint(fields=["type", "user"], name="first_view_of_user"),
            models.UniqueConstraint(fields=["type", "role"], name="first_view_of_role"),
        ]

    @classmethod
    def permission(cls, verb: str) -> str:
        """Whoever finds views may choose the first one."""
        return SavedView.permission(verb)

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """One's own choice and that of one's role; those of all roles for who may share views with them."""
        if actor.scope(permission) is None:
            return Q(pk__in=())
        if actor.may(SHARE):
            return Q(user_id=actor.pk) | Q(role__isnull=False)
        return Q(user_id=actor.pk) | Q(role_id=getattr(actor, "role_id", None), role__isnull=False)


class KeptFigures(models.Model):
    """Sums of a view over more rows than a page may read, worked out by a job. A machine table: gone without harm.

    Attributes:
        key: Digest of who asked, what they may see, and what was asked (`records.figures`).
        groups: The answer, as JSON; empty while the job runs.
        worked_at: When; None while it was never done.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    key = models.CharField(max_length=64, primary_key=True)
    groups: Any = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="kept_figures_old")]
