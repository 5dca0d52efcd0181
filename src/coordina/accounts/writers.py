"""How users, teams, roles and the company come into being and change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import Organization, Role, Team, User
from coordina.accounts.places import checked_country, checked_currency, checked_time_zone
from coordina.accounts.standing import EDIT_ROLES, may_give, need_standing
from coordina.accounts.tree import below, nodes
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.writer import Writer

LONGEST_QUIET = 3650
"""Days without movement that anybody may ask for: ten years."""
GUARDED = ("role", "team", "email")
"""What decides about somebody's access: only who may do as much as they may change it."""


class OrganizationWriter(Writer[Organization]):
    """The company: its codes exist, and its reporting currency stays once there are amounts."""

    def clean(self, values: Values, *, obj: Organization | None = None) -> Values:
        """Write codes in capitals; refuse what does not exist, and another currency where sums are kept in this one."""
        checked = dict(values)
        if values.get("currency"):
            checked["currency"] = checked_currency(values["currency"])
            if obj is not None and checked["currency"] != obj.currency and _amounts_exist():
                message = _(
                    "Sums are already kept in %(currency)s. Add an exchange rate for the other currency instead."
                )
                raise Refusal("currency", message % {"currency": obj.currency}, field="currency", status=409)
        if values.get("time_zone"):
            checked["time_zone"] = checked_time_zone(values["time_zone"])
        if values.get("country"):
            checked["country"] = checked_country(values["country"])
        if "quiet_days" in checked and not 1 <= (checked["quiet_days"] or 0) <= LONGEST_QUIET:
            wrong = _("Write a number of days from 1 to %(most)d.") % {"most": LONGEST_QUIET}
            raise Refusal("range", wrong, field="quiet_days")
        return checked

    def delete(self, objs: Sequence[Organization], *, by: Any, at: datetime) -> None:
        """Refuse: everything else belongs to it."""
        raise Refusal("stays", _("The company itself cannot be deleted."), status=409)


class RoleWriter(Writer[Role]):
    """Roles have names of their own; those that Coordina brings stay."""

    def clean(self, values: Values, *, obj: Role | None = None) -> Values:
        """Refuse a name that another role has."""
        _refuse_taken(Role, values, obj, _("Another role has this name."))
        return values

    def delete(self, objs: Sequence[Role], *, by: Any, at: datetime) -> None:
        """Refuse to delete roles that Coordina brings or that somebody has."""
        if any(role.slug for role in objs):
            raise Refusal("stays", _("Roles that Coordina brings stay. Take permissions away instead."), status=409)
        if User.objects.filter(role__in=objs).exists():
            raise Refusal("held", _("Somebody has this role. Give them another one first."), status=409)
        super().delete(objs, by=by, at=at)


class TeamWriter(Writer[Team]):
    """Teams form a tree: none is part of itself."""

    def clean(self, values: Values, *, obj: Team | None = None) -> Values:
        """Refuse a name that is taken, and a parent that is the team itself or below it."""
        _refuse_taken(Team, values, obj, _("Another team has this name."))
        parent = values.get("parent")
        if obj is not None and parent is not None and parent.pk in below([obj.pk], nodes()):
            raise Refusal("circle", _("A team cannot be part of itself."), field="parent")
        return values

    def delete(self, objs: Sequence[Team], *, by: Any, at: datetime) -> None:
        """Refuse to delete teams with people or teams in them."""
        if User.objects.filter(team__in=objs).exists() or Team.objects.filter(parent__in=objs).exists():
            raise Refusal("held", _("There are people or teams in it. Move them first."), status=409)
        super().delete(objs, by=by, at=at)


class UserWriter(Writer[User]):
    """Users keep their e-mail in lower case; a manager or a region given for them becomes a team."""

    virtual: ClassVar[tuple[str, ...]] = ("manager", "region")

    def clean(self, values: Values, *, obj: User | None = None) -> Values:
        """Normalise the e-mail and refuse one that somebody else has; the time zone exists."""
        if "email" in values:
            email = checked_email(values["email"], obj)
            if email is None and obj is not None and obj.access == Access.ACTIVE:
                raise Refusal("email", _("Whoever can sign in needs an e-mail."), field="email")
            values = values | {"email": email}
        if values.get("time_zone"):
            checked_time_zone(values["time_zone"])
        if values.get("country"):
            values = values | {"country": checked_country(values["country"])}
        return values

    def prepare(self, made: Sequence[User], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give new users the team their manager or region says, and the role of a representative."""
        representative = Role.objects.filter(slug="representative").first()
        for user, row in zip(made, rows, strict=True):
            _need_gift(by, user.role)
            user.role = user.role or representative
            if user.team is None:
                user.team = self._team(row, by)

    def before_edit(self, changes: Sequence[tuple[User, Values]], *, by: Any, at: datetime) -> None:
        """Refuse to raise oneself or others; a manager or region that comes with an edit decides the team.

        Raises:
            Forbidden: When the role given, or the person changed, may do more than whoever edits.
        """
        for user, values in changes:
            moved = [name for name in GUARDED if name in values and getattr(user, name) != values[name]]
            if moved:
                _need_control(by, user, moved)
                need_standing(by, user)
                _need_gift(by, values.get("role"))
            if "team" not in values and (team := self._team(values, by)) is not None:
                user.team = team

    def edited(self, changes: Sequence[tuple[User, Values]], *, by: Any, at: datetime) -> None:
        """Records follow their owner into another team; `changed_at` stays, so that lists keep their order."""
        for user, values in changes:
            if "team" in values or "manager" in values or "region" in values:
                move_rows(user)

    def follows(self) -> tuple[str, ...]:
        """An edit may change the team along with what was named."""
        return ("team",)

    def _team(self, row: Values, by: Any) -> Team | None:
        """The team that a manager leads, inside the region; made where there is none."""
        manager: User | None = row.get("manager")
        region: Team | None = row.get("region")
        if manager is None:
            return region
        team = Team.objects.filter(manager=manager).order_by("pk").first()
        if team is None:
            team = Team(name=gettext("Team of %(name)s") % {"name": manager.name}, manager=manager, parent=region)
            team.save()
        elif region is not None and team.parent_id is None and team.pk != region.pk:
            team.parent = region
            team.save()
        if manager.team_id != team.pk:
            _settle_manager(manager, team, by)
        return team


def checked_email(email: str | None, user: User | None) -> str | None:
    """An e-mail in lower case, None where nothing is given.

    Args:
        email: As typed.
        user: Whose it will be; None for a new user.

    Raises:
        Refusal: When it is none, or somebody else has it.
    """
    email = (email or "").strip().lower()
    if not email:
        return None
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal("email", _("Write an e-mail address such as ana@empresa.es."), field="email") from None
    if User.objects.filter(email=email).exclude(pk=user.pk if user else 0).exists():
        raise Refusal("taken", _("Another user has this e-mail."), field="email")
    return email


def _need_gift(by: Any, role: Role | None) -> None:
    if not may_give(by, role):
        raise Refusal("role", _("This role may do more than you. Ask an administrator."), field="role", status=403)


def _need_control(by: Any, user: User, moved: Sequence[str]) -> None:
    """Nobody decides about their own role or team unless they edit roles anyway."""
    if by is not None and by.pk == user.pk and {"role", "team"} & set(moved) and not by.may(EDIT_ROLES):
        raise Forbidden(_("Somebody else decides about your role and your team. Ask an administrator."))


def _refuse_taken(model: type[Record], values: Values, obj: Record | None, message: Any) -> None:
    name = values.get("name")
    others: Any = model.objects.exclude(pk=obj.pk if obj else 0)
    if name and others.filter(name__iexact=name).exists():
        raise Refusal("taken", message, field="name")


def _amounts_exist() -> bool:
    """Whether any record, a product or an opportunity, keeps an amount with its currency."""
    return any(
        model.objects.exists()
        for model in apps.get_models()
        if issubclass(model, Record)
        and model is not Organization
        and any(column.name == "currency" for column in model._meta.concrete_fields)
    )


def _settle_manager(manager: User, team: Team, by: Any) -> None:
    """A manager belongs to the team they lead and has at least a manager's role."""
    manager.team = team
    if manager.role is None or manager.role.slug == "representative":
        leader = Role.objects.filter(slug="manager").first()
        manager.role = leader if leader is not None and may_give(by, leader) else manager.role
    manager.save()
    move_rows(manager)


def move_rows(user: User) -> None:
    """Bring the team column of everything a user owns in line with their team."""
    for model in apps.get_models():
        if issubclass(model, Record) and model.scope_owner and model.scope_team and not model.scope_parent:
            rows: Any = model._base_manager.filter(**{f"{model.scope_owner}_id": user.pk})
            rows = rows.exclude(**{f"{model.scope_team}_id": user.team_id}) if user.team_id else rows.exclude(team=None)
            rows.update(**{model.scope_team: user.team, "changed_at": F("changed_at")})
