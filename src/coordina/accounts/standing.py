"""Who may raise whom: nobody gives more than they have, and somebody always keeps the keys."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts import closing
from coordina.accounts.enums import Access
from coordina.accounts.models import Role, User
from coordina.core.actors import Reach
from coordina.core.changes import Entry
from coordina.core.refusals import Forbidden, Refusal

EDIT_ROLES = "accounts.change_role"
EDIT_USERS = "accounts.change_user"
KEYS = (EDIT_USERS, EDIT_ROLES)
"""What makes an administrator: whoever has both, for all, can repair everything else."""
_WIDTH = {Reach.OWN: 1, Reach.TEAM: 2, Reach.ALL: 3}


def exceeds(reach: Mapping[str, str], limit: Mapping[str, str]) -> bool:
    """Whether a set of permissions holds anything, or reaches farther, than another."""
    return any(_wide(width) > _wide(limit.get(name)) for name, width in reach.items())


def may_give(by: User | None, role: Role | None) -> bool:
    """Whether somebody may give a role or decide about a person who has it: the system and who edits roles always."""
    if by is None or by.may(EDIT_ROLES) or role is None:
        return True
    own = by.role.fields if by.role is not None else {}
    return not exceeds(role.reach, by.reach) and not closing.exceeds(role.fields, own)


def need_standing(by: User | None, user: User) -> None:
    """Refuse to decide about the access of somebody who may do more than oneself.

    Raises:
        Forbidden: When their role exceeds one's own.
    """
    if by is not None and not by.may(EDIT_ROLES) and not may_give(by, user.role):
        raise Forbidden(_("This person may do more than you. Ask an administrator."))


def is_key(reach: Mapping[str, str]) -> bool:
    """Whether a role makes an administrator."""
    return all(reach.get(name) == Reach.ALL for name in KEYS)


def administrating() -> set[int]:
    """Ids of the roles that make an administrator."""
    return {pk for pk, reach in Role.objects.values_list("pk", "reach") if is_key(reach)}


def keep_an_administrator(entries: Sequence[Entry]) -> None:
    """Refuse a write, an import or an undo that would leave nobody who can give access and edit roles.

    Raises:
        Refusal: With code `last_administrator`.
    """
    roles = administrating()
    if not any(_takes_away(entry, roles) for entry in entries):
        return
    if not User.objects.filter(access=Access.ACTIVE, role__in=roles).exists():
        raise Refusal(
            "last_administrator",
            _("Nobody would be left who can manage access. Make somebody else an administrator first."),
            status=409,
        )


def _takes_away(entry: Entry, roles: set[int]) -> bool:
    """Whether an entry ends somebody's or some role's power."""
    before = entry.before
    if entry.kind == "c":
        return False
    if entry.model == "accounts.Role":
        return is_key(before.get("reach") or {})
    if "access" not in before and "role_id" not in before:
        return False
    now: Mapping[str, Any] = User.objects.filter(pk=entry.pk).values("access", "role_id").first() or {}
    held = {**now, **before}
    return held.get("access") == Access.ACTIVE and held.get("role_id") in roles


def _wide(reach: str | None) -> int:
    return _WIDTH[Reach(reach)] if reach else 0
