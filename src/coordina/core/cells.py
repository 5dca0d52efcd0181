"""Cells: how a room shows one field in lists and on record pages where the field's kind alone would be too plain.

A room draws with the pieces it is handed (`context.pieces` is the door's module of badges, avatars and stages), so that
it need not know the door.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models.expressions import Combinable

from coordina.core.actors import Actor
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.registry import Registry

type Path = str | Combinable
"""What a cell reads: a path, or an expression of the ORM."""


@dataclass(frozen=True, slots=True)
class CellContext:
    """What a cell may draw with.

    Attributes:
        formats: Numbers, money and days as the reader writes them.
        user: Who looks.
        pieces: The door's functions that return escaped HTML: `badge`, `stage`, `person`, `icon` …
    """

    formats: Formats
    user: Actor
    pieces: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One field's own look.

    Attributes:
        paths: ORM paths, or expressions, of the values it needs, in the order `draw` gets them.
        draw: Gives escaped HTML from these values; called once a row, so it reads nothing.
        place: Where it stands on the card of a phone: `line`, `under`, `amount`, `date`; empty leaves it to the list.
        typed: For a field without a column: what its control holds when a record is edited.
    """

    paths: tuple[Path, ...]
    draw: Callable[[tuple[Any, ...], CellContext], str]
    place: str = ""
    typed: Callable[[Record], str] | None = None


CELLS: Registry[tuple[str, str], Cell] = Registry("cell")
"""By name of the record type and name of the field."""
