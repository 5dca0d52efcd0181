"""What follows for the records when somebody comes in by the provider: an account, an accepted invitation, a role."""

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts import tickets
from coordina.accounts.actions import CHANGE_PROFILE, MANAGE_ACCESS
from coordina.accounts.enums import Access
from coordina.accounts.models import Role, Team, User
from coordina.core.actions import action

Name = Annotated[str, Field(min_length=1, max_length=150)]


@action(User, permission=MANAGE_ACCESS, label=_("Make an account by the provider"), hidden=True, private=True)
def join_by_provider(*, name: Name, email: str, role: Role, team: Team | None, by: User | None, at: datetime) -> User:
    """Make somebody whom the company's provider knows.

    Args:
        name: As the provider says it.
        email: Verified by the provider.
        role: Of newcomers, or as the provider says.
        team: As the provider says.
    """
    made: User = User.objects.create(name=name, email=email, role=role, team=team, access=Access.ACTIVE)
    return made


@action(User, permission=CHANGE_PROFILE, label=_("Accept an invitation by the provider"), hidden=True, private=True)
def accept_by_provider(*, user: User, by: User | None, at: datetime) -> User:
    """Let an invited person in whom the company's provider knows by the same e-mail; the invitation's link ends."""
    tickets.drop(user)
    user.access = Access.ACTIVE
    user.save()
    return user


@action(User, permission=MANAGE_ACCESS, label=_("Take role and team from the provider"), hidden=True, private=True)
def take_from_provider(*, user: User, role: Role | None, team: Team | None, by: User | None, at: datetime) -> User:
    """Give a person the role and the team that the company's provider says; None leaves what there is."""
    user.role, user.team = role or user.role, team or user.team
    user.save()
    return user
