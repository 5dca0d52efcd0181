"""Whoever acts: a person, or the system on a person's behalf."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Reach(StrEnum):
    """Whose records a permission covers."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class Shut(StrEnum):
    """How a field is closed to somebody."""

    HIDDEN = "hidden"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Scope:
    """The records that one permission covers, as literal ids resolved once a request."""

    reach: Reach
    user_id: int
    team_ids: tuple[int, ...] = ()


class Actor(Protocol):
    """Whoever acts: what they may do, and whose records they see."""

    @property
    def pk(self) -> int:
        """Id of the user."""
        ...

    def may(self, permission: str) -> bool:
        """Whether the role grants the permission, for whichever records."""
        ...

    def scope(self, permission: str) -> Scope | None:
        """The records the permission covers; None without the permission."""
        ...

    def shut(self, noun: str) -> Mapping[str, str]:
        """The fields of a record type that the role closes, by name: `hidden`, or `read` for read only."""
        ...
