"""What stands in the way of rows, put together by what can be done about it: counted while a file is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Any, NamedTuple

MOST = 60
"""Cells of one trouble that are kept, the most frequent first."""
MOST_COUNTED = 5000
"""Different cells of one trouble that are counted one by one."""


class Way(StrEnum):
    """Kinds of trouble; kept with runs, so they are never renamed."""

    REFERENCE = "reference"
    OPTION = "option"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    MISSING = "missing"
    ONLY_CREATES = "only_creates"
    ONLY_UPDATES = "only_updates"


class Met(NamedTuple):
    """A trouble that one row met.

    Attributes:
        field: Name of the field; empty where it is about the whole row.
        cell: What stands in the file.
        says: The sentence about this cell.
        note: Whether the row is used all the same, and the cell kept under other data.
    """

    way: Way
    field: str = ""
    cell: str = ""
    says: str = ""
    note: bool = False


@dataclass(slots=True)
class Cell:
    """A text of the file, how many rows have it, and what is wrong with it."""

    rows: int = 0
    says: str = ""


@dataclass(slots=True)
class Trouble:
    """One trouble of a file.

    Attributes:
        rows: How many met it. first: Number of the first of them.
        cells: What stood there, by text.
        more: Different texts that were not kept.
    """

    way: Way
    field: str
    note: bool
    rows: int = 0
    first: int = 0
    cells: dict[str, Cell] = attribute(default_factory=dict)
    more: int = 0

    @property
    def key(self) -> str:
        """What it is called in forms."""
        return f"{self.way}.{self.field}.{int(self.note)}"

    def add(self, met: Met, number: int) -> None:
        """Count a row."""
        self.rows += 1
        self.first = self.first or number
        if not met.cell:
            return
        kept = self.cells.get(met.cell)
        if kept is None:
            if len(self.cells) >= MOST_COUNTED:
                self.more += 1
                return
            kept = self.cells[met.cell] = Cell(says=met.says)
        kept.rows += 1


class Troubles:
    """Counts the troubles of a file, row by row."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, bool], Trouble] = {}

    def add(self, met: list[Met], number: int, *, left_out: bool) -> bool:
        """Count what a row met.

        Args:
            number: Of the row.
            left_out: Whether the row is left out: then what was merely kept of it does not matter.

        Returns:
            Whether anything of it was kept under other data.
        """
        noted = False
        for one in met:
            if one.note and left_out:
                continue
            noted = noted or one.note
            trouble = self._found.setdefault((one.way, one.field, one.note), Trouble(one.way, one.field, one.note))
            trouble.add(one, number)
        return noted

    def as_json(self) -> list[dict[str, Any]]:
        """To be kept with the run, the most frequent first."""
        found = sorted(self._found.values(), key=lambda t: -t.rows)
        return [_stored(trouble) for trouble in found]


def _stored(trouble: Trouble) -> dict[str, Any]:
    cells = sorted(trouble.cells.items(), key=lambda pair: -pair[1].rows)
    return {
        "way": trouble.way,
        "field": trouble.field,
        "note": trouble.note,
        "rows": trouble.rows,
        "first": trouble.first,
        "cells": [[text, cell.rows, cell.says] for text, cell in cells[:MOST]],
        "more": trouble.more + max(len(cells) - MOST, 0),
    }


def troubles_in(samples: Mapping[str, Any]) -> Iterator[Trouble]:
    """The troubles that were kept with a run."""
    for said in samples.get("troubles", ()):
        cells = {text: Cell(rows, says) for text, rows, says in said["cells"]}
        way, name, note = Way(said["way"]), said["field"], said["note"]
        yield Trouble(way, name, note, said["rows"], said["first"], cells, said["more"])
