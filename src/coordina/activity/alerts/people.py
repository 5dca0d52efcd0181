"""To whom a matter may be handed: people who see the record."""

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.activity.alerts.queries import Matter
from coordina.core.actors import Reach
from coordina.core.records import Record

MOST = 500


def able_to_see(matter: Matter, model: type[Record], team_id: int | None) -> list[User]:
    """People with access who see a record, by name: by their reach over its owner and team.

    Args:
        matter: Whose record; it knows the owner.
        model: Class of the record.
        team_id: Team of the record.
    """
    permission = model.view_permission()
    rows = User.objects.for_request().filter(access=Access.ACTIVE).order_by("name", "pk")
    return [user for user in rows[:MOST] if _covers(user, permission, matter.owner_id, team_id)]


def _covers(user: User, permission: str, owner_id: int | None, team_id: int | None) -> bool:
    scope = user.scope(permission)
    if scope is None:
        return False
    if scope.reach is Reach.TEAM:
        return team_id in scope.team_ids
    return scope.reach is Reach.ALL or owner_id == scope.user_id
