"""To whom a matter may be handed: people who see the record."""

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.activity.alerts.queries import Matter
from coordina.core.records import Record
from coordina.core.visibility import within_scope

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
    return [user for user in rows[:MOST] if within_scope(user.scope(permission), matter.owner_id, team_id)]
