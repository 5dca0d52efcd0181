"""A row of a file on its way to a record."""

from dataclasses import dataclass, field

from coordina.core.changes import Values
from coordina.records.importing.troubles import Met
from coordina.records.imports.reading import Row


@dataclass(slots=True)
class Judged:
    """A row on its way.

    Attributes:
        values: By field; references by id.
        other: Cells that no field holds, by header.
        pending: References whose record does not exist yet, as text by field.
        errors: What is wrong, as (label, sentence); a row with errors is left out.
        met: The troubles behind the errors, and those that left the row standing.
        found: The record it would update.
        promised: References to records that an earlier file of the same export will make, as text by field.
        again: Whether the record it updates was made by this very import, for a reference to it.
        awaited: Whether an earlier file of the same export makes the record that it will update.
        same: Whether nothing would change.
        repeats: Whether an earlier row of the file makes the record that it will update.
    """

    row: Row
    values: Values = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)
    external: str = ""
    found: int | None = None
    again: bool = False
    repeats: bool = False
    awaited: bool = False
    same: bool = False

    @property
    def verdict(self) -> str:
        """`error`, `same`, `update` or `new`."""
        if self.errors:
            return "error"
        if self.same and not self.again and not self.repeats:
            return "same"
        return "update" if self.repeats or self.awaited or (self.found is not None and not self.again) else "new"
