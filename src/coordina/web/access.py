"""What a person may do with one record, and finding it: what they may not see does not exist."""

from collections.abc import Sequence
from typing import Any

from coordina.accounts.models import User
from coordina.core.actions import Action, actions_on, standard
from coordina.core.actors import Reach
from coordina.core.prepared import one
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound
from coordina.core.types import RecordType
from coordina.core.visibility import covers


def may_list(user: User, known: RecordType) -> bool:
    """Whether a person may see any record of a type, and the type has a list."""
    return user.may(known.model.view_permission())


def need_list(user: User, known: RecordType) -> None:
    """Refuse who may see no record of the type.

    Raises:
        NotFound: Also for types that are only parts of others.
        Forbidden: Where the role does not include them.
    """
    if known.within:
        raise NotFound
    if not may_list(user, known):
        raise Forbidden


def find(user: User, known: RecordType, pk: int) -> Any:
    """One record.

    Raises:
        NotFound: When it does not exist or may not be seen: both alike.
    """
    found = one(known.model, pk, user)
    if found is None:
        raise NotFound
    return found


def reaches(user: User, permission: str, obj: Record) -> bool:
    """Whether a permission of the person covers a record they see."""
    return covers(obj, user, permission)


def reached(user: User, permission: str, known: RecordType, ids: Sequence[int]) -> set[int] | None:
    """Which of these records a permission covers; None for all of them."""
    scope = user.scope(permission)
    if scope is None:
        return set()
    own = hasattr(known.model, "condition")
    if not own and (scope.reach is Reach.ALL or scope == user.scope(known.model.view_permission())):
        return None  # what they see is what it covers
    return set(known.model.objects.within(user, permission).filter(pk__in=ids).values_list("pk", flat=True))


def actions_for(user: User, known: RecordType, obj: Record) -> list[Action]:
    """The actions a person may take now on a record: permission, reach and state allow it."""
    covered: dict[str, bool] = {}
    found = []
    for each in actions_on(known.model):
        if each.hidden or each.aside or not each.allows(obj) or not each.open_to(user):
            continue
        if each.permission not in covered:
            covered[each.permission] = reaches(user, each.permission, obj)
        if covered[each.permission]:
            found.append(each)
    return found


def may_create(user: User, known: RecordType) -> bool:
    """Whether a person may make records of a type."""
    made = standard(known.model, "create")
    return made is not None and not made.hidden and made.open_to(user)


def action_by_slug(known: RecordType, slug: str) -> Action:
    """The action of a type's records with this address segment.

    Raises:
        NotFound: When there is none.
    """
    for each in actions_on(known.model):
        if each.slug == slug and not each.hidden:
            return each
    raise NotFound
