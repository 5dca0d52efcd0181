"""The page on which fields are closed to a role: every record type with its fields, and how each stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.accounts.closing import SEEN, WAYS, closable, closable_types, ways_of
from coordina.accounts.models import Role
from coordina.core.actors import Shut
from coordina.core.types import Field, RecordType
from coordina.web.listpage import capital

PREFIX = "f."
"""Before type and field in the form: `f.opportunity.amount`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field.

    Attributes:
        name: In the form.
        value, word: How it stands; empty for open.
        options: How it may stand, with words.
        note: Why it cannot be hidden, or what is hidden with it.
    """

    name: str
    label: str
    value: str
    word: str
    options: list[tuple[str, str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """One record type with its fields.

    Attributes:
        said: How many are closed, in words; empty for none.
    """

    name: str
    label: str
    icon: str
    rows: list[Row]
    said: str


def nouns_of(role: Role, asked: Mapping[str, Mapping[str, str]] | None = None) -> list[Noun]:
    """Every record type of daily work with its fields.

    Args:
        role: Whose.
        asked: What was asked for and refused, to be shown again; what the role has when None.
    """
    return [_noun(known, asked.get(known.name, {}) if asked is not None else standing(role, known))
            for known in closable_types() if closable(known)]  # fmt: skip


def standing(role: Role, known: RecordType) -> dict[str, str]:
    """How the fields of a type stand for a role: also those that only some roles see."""
    kept: Mapping[str, str] = role.fields.get(known.name, {})
    fields = closable(known)
    unseen = {n: str(Shut.HIDDEN) for n, f in fields.items() if f.permission and f.permission not in role.reach}
    return {name: how for name, how in kept.items() if name in fields} | unseen


def read_closed(posted: QueryDict, role: Role) -> dict[str, dict[str, str]]:
    """What a form says; what it does not ask for stays as it is."""
    found: dict[str, dict[str, str]] = {}
    for known in closable_types():
        now = standing(role, known)
        said = {name: posted.get(f"{PREFIX}{known.name}.{name}", now.get(name, "")) for name in closable(known)}
        found[known.name] = {name: how for name, how in said.items() if how}
    return found


def _noun(known: RecordType, now: Mapping[str, str]) -> Noun:
    rows = [_row(known, field, now.get(name, "")) for name, field in closable(known).items()]
    hidden, read = (sum(row.value == how for row in rows) for how in (Shut.HIDDEN, Shut.READ))
    said = []
    if hidden:
        said.append(ngettext("%(count)d hidden", "%(count)d hidden", hidden) % {"count": hidden})
    if read:
        said.append(ngettext("%(count)d read only", "%(count)d read only", read) % {"count": read})
    return Noun(known.name, capital(known.plural), known.icon, rows, ", ".join(said))


def _row(known: RecordType, field: Field, value: str) -> Row:
    words = {way: str(SEEN if not way and not field.editable else WAYS[way]) for way in ways_of(known, field)}
    return Row(
        f"{PREFIX}{known.name}.{field.name}",
        capital(field.label),
        value,
        words.get(value, value),
        list(words.items()),
        _note(known, field),
    )


def _note(known: RecordType, field: Field) -> str:
    """What one should know of a field before closing it."""
    if field.name in known.fixed:
        return _("Always seen.")
    with_it = [str(f.label) for f in known.fields.values() if field.name in f.worked_from]
    return _("Hidden with it: %(fields)s.") % {"fields": ", ".join(with_it)} if with_it else ""
