"""Lines of a file, one a row, that belong to a record named in each of them: an order and its lines, a price list.

A type that is part of another declares it under `extra["lined"]`. Its files have a column that says which record the
line is of; where that does not exist yet, it is made of the columns about it in its first row.
"""

from dataclasses import dataclass, replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from coordina.core.types import Field, Kind, RecordType, type_of

NUMBER = "line_number"
"""Target: the number of a line in its record; with it a second import of the same file finds the line again."""


@dataclass(frozen=True, slots=True)
class Lined:
    """How files hold the lines of a type.

    Attributes:
        aliases: What files call the column that says which record a line is of.
        numbers: What files call the number of a line.
        named: Whether records are known by their name, as price lists are; else by a number or id of the other system.
    """

    aliases: tuple[str, ...]
    numbers: tuple[str, ...] = (
        "línea",
        "nº de línea",
        "posición",
        "line",
        "line number",
        "position",
        "order line number",
        "item number",
        "order item id",
    )
    named: bool = False


def lined_of(known: RecordType) -> Lined | None:
    """How files hold the lines of a type; None for one whose files hold no lines."""
    said: Lined | None = known.extra.get("lined")
    return said


def head_of(known: RecordType) -> RecordType:
    """The type that lines are part of."""
    far = known.model._meta.get_field(known.within).related_model
    assert isinstance(far, type)
    return type_of(far)


def head_field(known: RecordType, said: Lined) -> Field:
    """The reference from a line to its record, as columns fill it."""
    head = head_of(known)
    return Field(
        name=known.within,
        label=head.label,
        kind=Kind.REF,
        path=known.within,
        to=head.model,
        title_path=f"{known.within}__{head.model.title_column}",
        required=True,
        aliases=(*said.aliases, f"{head.name} id"),
    )


def number_field(said: Lined) -> Field:
    """The number of a line."""
    return Field(name=NUMBER, label=_("number of the line"), kind=Kind.TEXT, max_length=60, aliases=said.numbers)


def of_head(known: RecordType, field: Field) -> Field:
    """A field of the record that a line is of, as columns of the same file fill it."""
    label = format_lazy("{head} · {field}", head=head_of(known).label, field=field.label)
    return replace(field, name=prefix(known) + field.name, label=label, required=False)


def prefix(known: RecordType) -> str:
    """How names of fields begin that are of the record and not of the line."""
    return f"{known.within}__"
