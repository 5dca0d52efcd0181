"""Every write of saved views: keeping, changing and sharing them, and with which one a list opens."""

from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import Role, Team, User
from coordina.core.actions import action
from coordina.core.filters import Asker, parse, unparse
from coordina.core.founding import founds
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES, RecordType
from coordina.records.models import Audience, FirstView, SavedView
from coordina.records.models.saved import SHARE, teams_around
from coordina.records.saved_views import Brought
from coordina.records.view_state import LONGEST, State, check_state, state_in

Name = Annotated[str, Field(min_length=1, max_length=80)]
type Label = Annotated[str, Field(max_length=60)]
type Asked = Annotated[dict[str, Annotated[str, Field(max_length=LONGEST)]], Field(max_length=20)]
Who = Annotated[Audience, Field(json_schema_extra={"label": _("visible to")})]  # type: ignore[dict-item]  # a lazy text rides in the schema's extras

permission(
    SHARE,
    noun=SavedView._meta.verbose_name_plural or "",
    verb="share",
    label=_("Share with a role or with everyone"),
    grants=LEADERS,
)


@action(
    SavedView, permission=SavedView.permission("add"), label=_("Save view"), verb="create", icon="plus", hidden=True
)
def save_view(
    *,
    name: Name,
    type: Label,
    state: Asked,
    audience: Who = Audience.PRIVATE,
    shared_team: Team | None = None,
    shared_role: Role | None = None,
    pinned: bool = False,
    by: User,
    at: datetime,
) -> SavedView:
    """Keep a list as it is now under a name.

    Args:
        name: What it is called.
        type: Name of the record type it lists.
        state: What the address of the list says.
        audience: Who finds it.
        shared_team: The team, where it is shared with one.
        shared_role: The role, where it is shared with one.
        pinned: Whether it stands among the tabs.
    """
    known = _listed(type, by)
    view = SavedView(name=name.strip(), type=known.name, state=_checked(known, state, by, at), owner=by, pinned=pinned)
    _share(view, audience, shared_team, shared_role, by)
    view.save()
    return view


@action(SavedView, permission=SavedView.permission("change"), label=_("Save view"), icon="check", hidden=True)
def change_view(*, view: SavedView, state: Asked, by: User, at: datetime) -> SavedView:
    """Let a view show what the list shows now.

    Args:
        state: What the address of the list says.
    """
    view.state = _checked(_listed(view.type, by), state, by, at)
    view.save()
    return view


@action(SavedView, permission=SavedView.permission("change"), label=_("Share view"), icon="share")
def share_view(
    *,
    view: SavedView,
    audience: Who,
    shared_team: Team | None = None,
    shared_role: Role | None = None,
    by: User,
    at: datetime,
) -> SavedView:
    """Choose who finds a view. Each reader still sees only the records that are for them.

    Args:
        audience: Who finds it.
        shared_team: The team, where it is shared with one.
        shared_role: The role, where it is shared with one.
    """
    _share(view, audience, shared_team, shared_role, by)
    view.save()
    return view


@action(SavedView, permission=SavedView.permission("change"), label=_("Pin view"), icon="flag", hidden=True)
def pin_view(*, view: SavedView, pinned: bool, by: User, at: datetime) -> SavedView:
    """Let a view stand among the tabs, or take it off them.

    Args:
        pinned: Whether it stands there.
    """
    view.pinned = pinned
    view.save()
    return view


@action(SavedView, permission=SavedView.permission("view"), label=_("Open the list with this view"), hidden=True)
def open_with(*, view: SavedView, on: bool, by: User, at: datetime) -> SavedView:
    """Let one's own list open with a view, or no longer.

    Args:
        on: Whether it does.
    """
    _begin_with(view if on else None, view.type, user=by)
    return view


@action(SavedView, permission=SHARE, label=_("Open the list of a role with it"), icon="users")
def open_with_for_role(*, view: SavedView, shared_role: Role, by: User, at: datetime) -> SavedView:
    """Let the list of everybody with a role open with a view, unless they chose another themselves.

    Args:
        shared_role: Whose list.
    """
    if view.audience != Audience.EVERYONE and (view.audience, view.shared_role_id) != (Audience.ROLE, shared_role.pk):
        raise Refusal(
            "hidden", _("That role does not find this view. Share it with the role first."), field="shared_role"
        )
    _begin_with(view, view.type, role=shared_role)
    return view


def _begin_with(view: SavedView | None, name: str, **whose: Any) -> None:
    """Set, change or take away what a list opens with."""
    found = FirstView.objects.filter(type=name, **whose).first()
    if view is None:
        if found is not None:
            found.delete()
        return
    row = found or FirstView(type=name, **whose)
    row.view = view
    row.save()


def _listed(name: str, by: User) -> RecordType:
    """A record type that has a list for somebody.

    Raises:
        NotFound: Otherwise.
    """
    known = TYPES.get(name)
    if known is None or known.within or not by.may(known.model.view_permission()):
        raise NotFound
    return known


def _checked(known: RecordType, asked: State, by: User, at: datetime) -> State:
    """What a view keeps: as it was asked, if it can be shown to whoever saves it.

    Raises:
        BadFilter: When it names a field they may not see, or none.
    """
    state = state_in(asked)
    if "q" in state:
        state["q"] = unparse(parse(state["q"]))
    check_state(known, state, Asker(user=by, now=at, time_zone=timezone.get_current_timezone()))
    return state


def _share(view: SavedView, audience: Audience, team: Team | None, role: Role | None, by: User) -> None:
    """Set who finds a view.

    Raises:
        Refusal: Without the team or the role it is for.
        Forbidden: For a role, everyone or another team, without the permission.
    """
    if audience == Audience.TEAM and team is None:
        raise Refusal("missing", _("Choose the team."), field="shared_team")
    if audience == Audience.ROLE and role is None:
        raise Refusal("missing", _("Choose the role."), field="shared_role")
    if not by.may(SHARE):
        if audience in (Audience.ROLE, Audience.EVERYONE):
            raise Forbidden(_("You may share views with your team. Ask who looks after sales to show them to others."))
        if audience == Audience.TEAM and team is not None and team.pk not in teams_around(by):
            raise Refusal("hidden", _("Choose a team of your own."), field="shared_team")
    view.audience = audience
    view.shared_team = team if audience == Audience.TEAM else None
    view.shared_role = role if audience == Audience.ROLE else None


@founds("records.views")
def bring_views(*, language: str, by: User, at: datetime) -> None:
    """Give a company the views that the rooms bring, named in its language; one that has views keeps them."""
    if SavedView.objects.exists():
        return
    roles = {role.slug: role for role in Role.objects.exclude(slug="")}
    with translation.override(language):
        for known in TYPES:
            for brought in known.extra.get("views", ()):
                _bring(known, brought, roles, by)


def _bring(known: RecordType, brought: Brought, roles: dict[str, Role], by: User) -> None:
    role = roles.get(brought.role)
    view = SavedView(
        name=str(brought.name),
        type=known.name,
        state=state_in(brought.state),
        audience=Audience.ROLE if role else Audience.EVERYONE,
        shared_role=role,
        pinned=brought.pinned,
        owner=by,
    )
    view.save()
    for slug in brought.first_for:
        if slug in roles:
            FirstView(type=known.name, view=view, role=roles[slug]).save()
