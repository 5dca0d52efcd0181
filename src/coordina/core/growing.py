"""Fields that people add while the program runs: which there are, and since when this process knows them.

The definitions live in a room above; it registers how they are read (`reads`). A mark in the database says whether what
a process holds is still true: requests and jobs hand it to `agree`, which reads the definitions again only when the
mark differs. Marks are random, so one that was rolled back never comes again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock

from coordina.core.permissions import PERMISSIONS, Permission
from coordina.core.types import GROWN, TYPES, Field, Grown, RecordType, Section, editable

PREFIX = "x_"
"""How the names of added fields begin; no declared field may."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What was added to one record type.

    Attributes:
        fields: In the order pages show them.
        retired: Archived ones.
        sections: By title of a section, or `@` and the name of a declared field whose section it is, the names in it.
        permissions: Of those fields that only some roles see.
        country: ISO code of telephone numbers without a prefix.
    """

    fields: Sequence[Field] = ()
    retired: Sequence[Field] = ()
    sections: Sequence[tuple[str, Sequence[str]]] = ()
    permissions: Sequence[Permission] = ()
    country: str = ""


type Reader = Callable[[], Mapping[str, Growth]]

_lock = RLock()
_reader: Reader | None = None
_mark: int | None = None
_generation = 0


def reads(reader: Reader) -> Reader:
    """Register how the definitions are read: what was added, by name of the record type."""
    global _reader
    _reader = reader
    return reader


def generation() -> int:
    """A number that grows whenever fields were added or changed in this process; keys what is built from them."""
    return _generation


def agree(mark: int | None) -> None:
    """Know the fields as of a mark; None where nobody ever added one."""
    if mark != _mark:
        load(mark)


def load(mark: int | None) -> None:
    """Read the definitions now, as of a mark."""
    global _mark, _generation
    with _lock:
        found = _reader() if _reader is not None and mark is not None else {}
        made = {name: grown(TYPES[name], growth) for name, growth in found.items() if name in TYPES}
        PERMISSIONS.grow({p.name: p for growth in found.values() for p in growth.permissions})
        for gone in GROWN.keys() - made.keys():
            del GROWN[gone]
        GROWN.update(made)
        _mark = mark
        _generation += 1


def forget() -> None:
    """Know no added fields, as a process that has just begun."""
    if _mark is not None:
        load(None)


def grown(known: RecordType, growth: Growth) -> Grown:
    """What a record type becomes by what was added to it."""
    own = {field.name: field for field in growth.fields}
    fields = {**known.declared, **own}
    hanging: dict[str, list[str]] = {}
    for field in own.values():
        for condition in (field.visible_if, field.required_if):
            if condition is not None:
                hanging.setdefault(condition.field, []).append(field.name)
    return Grown(
        own=own,
        retired={field.name: field for field in growth.retired},
        fields=fields,
        editable=editable(fields),
        searchable=tuple(f for f in fields.values() if f.searchable),
        sections=_sections(known.grouped, growth.sections),
        by_field={name: tuple(dict.fromkeys(names)) for name, names in hanging.items()},
        country=growth.country,
    )


def _sections(declared: Iterable[Section], added: Sequence[tuple[str, Sequence[str]]]) -> tuple[Section, ...]:
    """The declared sections with what was put into them, then the new ones."""
    into = {title.removeprefix("@"): names for title, names in added if title.startswith("@")}
    found = []
    for section in declared:
        more = [name for first, names in into.items() if first in section.names for name in names]
        found.append(Section(section.label, (*section.names, *more)) if more else section)
    return (*found, *(Section(title, tuple(names)) for title, names in added if not title.startswith("@")))
