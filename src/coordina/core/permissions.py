"""Permissions that exist, with the roles that have them by default. Roles are edited later by people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Text
from coordina.core.registry import Registry

type Defaults = dict[str, str]
"""Reach by role slug: `{"representative": "own", "manager": "team"}`."""

VERBS: dict[str, Text] = {"view": _("See"), "add": _("Create"), "change": _("Edit"), "delete": _("Delete")}
LEADERS: Defaults = {"coordinator": "all", "operations": "all", "director": "all", "administrator": "all"}
SELLERS: Defaults = {"representative": "own", "manager": "team"}
NEIGHBOURS = ("marketing", "logistics", "finance", "service", "product")


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may be allowed, as the settings page shows it.

    Attributes:
        noun: Plural of what it is about; rows of the settings page.
        verb: Column of the settings page; a named verb stands in its own row.
    """

    name: str
    noun: Text
    verb: str
    label: Text
    defaults: Defaults


class Permissions(Registry[str, Permission]):
    """The permissions that rooms declare, and those of fields that people add while the program runs."""

    def __init__(self) -> None:
        super().__init__("permission")
        self._grown: Mapping[str, Permission] = {}

    def grow(self, found: Mapping[str, Permission]) -> None:
        """Know these, and no others, besides the declared ones."""
        self._grown = found

    def declared(self) -> Iterator[Permission]:
        """Those that rooms declare."""
        return super().__iter__()

    def get(self, key: str) -> Permission | None:
        """The permission, or None where there is none."""
        return super().get(key) or self._grown.get(key)

    def __getitem__(self, key: str) -> Permission:
        return self._grown[key] if key in self._grown else super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._grown

    def __iter__(self) -> Iterator[Permission]:
        yield from super().__iter__()
        yield from self._grown.values()

    def __len__(self) -> int:
        return super().__len__() + len(self._grown)


PERMISSIONS = Permissions()


@dataclass(frozen=True, slots=True)
class Grants:
    """Default reach by verb and role for the four verbs of a noun."""

    view: Defaults
    add: Defaults
    change: Defaults
    delete: Defaults

    def of(self, verb: str) -> Defaults:
        """Reach by role for one verb."""
        found: Defaults = getattr(self, verb)
        return found


_EVERYONE: Defaults = {**LEADERS, **dict.fromkeys((*SELLERS, *NEIGHBOURS), "all")}
_KEEPERS: Defaults = {"operations": "all", "administrator": "all"}
_ADMINISTRATOR: Defaults = {"administrator": "all"}

GRANTS: dict[str, Grants] = {
    "shared": Grants(_EVERYONE, {**LEADERS, **SELLERS}, {**LEADERS, **SELLERS}, {**LEADERS, "manager": "team"}),
    "owned": Grants(
        {**LEADERS, **SELLERS}, {**LEADERS, **SELLERS}, {**LEADERS, **SELLERS}, {**LEADERS, "manager": "team"}
    ),
    "setting": Grants(_EVERYONE, _KEEPERS, _KEEPERS, _KEEPERS),
    "catalog": Grants(_EVERYONE, LEADERS | {"product": "all"}, LEADERS | {"product": "all"}, LEADERS),
    "people": Grants(_EVERYONE, _ADMINISTRATOR, _ADMINISTRATOR, _ADMINISTRATOR),
}
"""Profiles: read by all, owned by sellers, kept by operations, products, and users with their teams and roles."""


def permission(name: str, *, noun: Text, verb: str, grants: Defaults, label: Text = "") -> str:
    """Declare a permission and who has it by default.

    Args:
        name: Such as `pipeline.close_opportunity`.
        noun: What it is about, in the plural.
        verb: `view`, `add`, `change`, `delete`, or a name of its own.
        grants: Reach by role slug.
        label: What it allows; needed for named verbs.
    """
    PERMISSIONS.add(name, Permission(name, noun, verb, label or VERBS.get(verb, verb), grants))
    return name


def defaults_for(role: str) -> dict[str, str]:
    """What a role may do until somebody changes it: reach by permission."""
    return {p.name: p.defaults[role] for p in PERMISSIONS if role in p.defaults}
