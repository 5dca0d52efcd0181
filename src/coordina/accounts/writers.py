"""How users and teams come into being and change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import F
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import Role, Team, User
from coordina.accounts.tree import below, nodes
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer


class TeamWriter(Writer[Team]):
    """Teams form a tree: none is part of itself."""

    def clean(self, values: Values, *, obj: Team | None = None) -> Values:
        """Refuse a parent that is the team itself or below it."""
        parent = values.get("parent")
        if obj is not None and parent is not None and parent.pk in below([obj.pk], nodes()):
            raise Refusal("circle", _("A team cannot be part of itself."), field="parent")
        return values


class UserWriter(Writer[User]):
    """Users keep their e-mail in lower case; a manager or a region given for them becomes a team."""

    virtual: ClassVar[tuple[str, ...]] = ("manager", "region")

    def clean(self, values: Values, *, obj: User | None = None) -> Values:
        """Normalise the e-mail and refuse one that somebody else has."""
        if "email" in values:
            email = (values["email"] or "").strip().lower() or None
            taken = User.objects.filter(email=email).exclude(pk=obj.pk if obj else None) if email else None
            if taken is not None and taken.exists():
                raise Refusal("taken", _("Another user has this e-mail."), field="email")
            values = values | {"email": email}
        return values

    def prepare(self, made: Sequence[User], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give new users the team their manager or region says, and the role of a representative."""
        representative = Role.objects.filter(slug="representative").first()
        for user, row in zip(made, rows, strict=True):
            user.role = user.role or representative
            if user.team is None:
                user.team = self._team(row)

    def before_edit(self, changes: Sequence[tuple[User, Values]], *, by: Any, at: datetime) -> None:
        """Let a manager or region that comes with an edit decide the team."""
        for user, values in changes:
            if "team" not in values and (team := self._team(values)) is not None:
                user.team = team

    def edited(self, changes: Sequence[tuple[User, Values]], *, by: Any, at: datetime) -> None:
        """Records follow their owner into another team; `changed_at` stays, so that lists keep their order."""
        for user, _values in changes:
            move_rows(user)

    def follows(self) -> tuple[str, ...]:
        """An edit may change the team along with what was named."""
        return ("team",)

    def _team(self, row: Values) -> Team | None:
        """The team that a manager leads, inside the region; made where there is none."""
        manager: User | None = row.get("manager")
        region: Team | None = row.get("region")
        if manager is None:
            return region
        team = Team.objects.filter(manager=manager).order_by("pk").first()
        if team is None:
            team = Team(name=translated("Team of %(name)s") % {"name": manager.name}, manager=manager, parent=region)
            team.save()
        elif region is not None and team.parent_id is None and team.pk != region.pk:
            team.parent = region
            team.save()
        if manager.team_id != team.pk:
            _settle_manager(manager, team)
        return team


def _settle_manager(manager: User, team: Team) -> None:
    """A manager belongs to the team they lead and has at least a manager's role."""
    manager.team = team
    if manager.role is None or manager.role.slug == "representative":
        manager.role = Role.objects.filter(slug="manager").first() or manager.role
    manager.save()
    move_rows(manager)


def move_rows(user: User) -> None:
    """Bring the team column of everything a user owns in line with their team."""
    for model in apps.get_models():
        if issubclass(model, Record) and model.scope_owner and model.scope_team and not model.scope_parent:
            rows: Any = model._base_manager.filter(**{f"{model.scope_owner}_id": user.pk})
            rows = rows.exclude(**{f"{model.scope_team}_id": user.team_id}) if user.team_id else rows.exclude(team=None)
            rows.update(**{model.scope_team: user.team, "changed_at": F("changed_at")})
