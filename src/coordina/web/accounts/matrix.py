"""The permissions of a role as a table: record type by verb, and below what has a verb of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.http import QueryDict
from django.utils.translation import gettext as _

from coordina.accounts.models import Role
from coordina.accounts.reach import REACHES
from coordina.core.actors import Reach
from coordina.core.permissions import PERMISSIONS, VERBS, Permission, defaults_for
from coordina.core.records import Record
from coordina.core.types import TYPES
from coordina.web.values import NO, YES

PREFIX = "p."
"""Before the name of a permission in the form."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One permission: what it may be set to, what it is, what it was at first.

    Attributes:
        label: Spoken name: verb and noun.
        options: Reaches with their words, of those that mean something for the noun.
        own: Whether it differs from what Coordina brings.
    """

    name: str
    label: str
    value: str
    word: str
    options: list[tuple[str, str]]
    own: bool
    default: str


@dataclass(frozen=True, slots=True)
class Row:
    """One noun: the four usual verbs, None where there is no such permission."""

    noun: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A role's permissions.

    Attributes:
        groups: Titled groups of rows.
        named: Permissions with a verb of their own.
        differing: How many permissions differ from the default; always 0 for a company's own role.
    """

    groups: list[tuple[str, list[Row]]]
    named: list[Cell]
    differing: int


def matrix_of(role: Role) -> Matrix:
    """The table of a role."""
    usual = defaults_for(role.slug) if role.slug else dict(role.reach)
    by_noun: dict[str, list[Permission]] = {}
    for each in PERMISSIONS.declared():  # those of single fields stand on the page of fields
        by_noun.setdefault(str(each.noun), []).append(each)
    settings = {str(known.plural) for known in TYPES if known.setting}
    daily = {str(known.plural) for known in TYPES if not known.setting}
    titles = (_("Records"), _("Settings"), _("Other"))
    groups: list[list[Row]] = [[], [], []]
    named: list[Cell] = []
    for noun, permissions in by_noun.items():
        where = 1 if noun in settings else 0 if noun in daily else 2
        known = {p.verb: _cell(p, noun[:1].upper() + noun[1:], role.reach, usual) for p in permissions}
        cells = [known.pop(verb, None) for verb in VERBS]
        named += known.values()
        if any(cells):
            groups[where].append(Row(noun[:1].upper() + noun[1:], cells))
    differing = sum(role.reach.get(p.name, "") != usual.get(p.name, "") for p in PERMISSIONS.declared())
    return Matrix([(t, rows) for t, rows in zip(titles, groups, strict=True) if rows], named, differing)


def read_matrix(posted: QueryDict, role: Role) -> dict[str, str]:
    """The reach that a form says; what the form does not ask for stays as it is."""
    reach = dict(role.reach)
    for each in PERMISSIONS:
        value = posted.get(PREFIX + each.name)
        if value is None:
            continue
        reach.pop(each.name, None)
        if value:
            reach[each.name] = value
    return {name: value for name, value in reach.items() if name in PERMISSIONS}


def _cell(about: Permission, noun: str, reach: Mapping[str, str], usual: Mapping[str, str]) -> Cell:
    value, default = reach.get(about.name, ""), usual.get(about.name, "")
    options = _options(about, value, default)
    words = dict(options)
    return Cell(
        name=PREFIX + about.name,
        label=_("%(noun)s: %(verb)s") % {"noun": noun, "verb": about.label},
        value=value,
        word=words.get(value, value),
        options=options,
        own=value != default,
        default=words.get(default, default),
    )


def _options(about: Permission, value: str, default: str) -> list[tuple[str, str]]:
    """Yes and no where nobody owns the records or none exists yet; else whose records."""
    widths = _widths(about)
    if not widths:
        return [("", str(NO)), (value or default or str(Reach.ALL), str(YES))]
    wide = [w for w in ("", *Reach) if w in ("", *widths, value, default)]
    return [(str(w), str(REACHES[w])) for w in wide]


def _widths(about: Permission) -> tuple[str, ...]:
    """The reaches that a permission can have; none where it is a mere yes."""
    app, _dot, name = about.name.partition(".")
    model = None if about.verb == "add" else apps.all_models[app].get(name.rpartition("_")[2])
    if model is None or not issubclass(model, Record):
        return ()
    if model.scope_owner:
        return tuple(Reach)
    return (Reach.TEAM, Reach.ALL) if model.scope_team else ()
