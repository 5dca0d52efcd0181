"""What is known about the exports of other programs: by which headers a table is recognised, what its columns are.

The knowledge itself is data that upper rooms register; nothing here names a product. Headers are compared without case,
accents, blanks and punctuation, so `AccountId`, `Account ID` and `account_id` are one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coordina.core.refusals import Text
from coordina.core.registry import Registry
from coordina.records.imports.folding import folded

OTHER_DATA = ""
"""Target of a column that is kept with the record but fills no field."""


@dataclass(frozen=True)
class ExportTable:
    """One table of one program's export.

    Attributes:
        product: Key of the program; ids of its records are kept under this name.
        program: What the program is called.
        holds: What the table holds, as it is called where the table has no place.
        type: Record type, or import-only table, whose rows it holds; empty where nothing here takes them.
        marks: Headers that must all be there; alternatives are parted by `|`.
        columns: Header to target. A target behind `#` is a reference given by ids of the same export.
        deleted: Header of the column that says that a row was deleted; such rows are left out.
        order: Files of one export come in this order, the smaller first: what others refer to before them.
        ends: Headers that say whether a sale is over and whether it was won, where the stages tell it this way.
        doubts: Of two fields that may contradict each other, by the one that is refused, the one that goes.
        id_prefix: What ids may begin with and are compared without.
        match: Field by which a row whose id is not known yet finds its record; empty makes a new one.
        only_links: Whether it only tells which records belong together: its rows make no record.
    """

    product: str
    program: Text
    holds: Text
    type: str
    marks: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    deleted: str = ""
    order: int = 50
    ends: tuple[str, str] = ("", "")
    doubts: Mapping[str, str] = field(default_factory=dict)
    id_prefix: str = ""
    only_links: bool = False
    match: str = ""

    @cached_property
    def folded_columns(self) -> dict[str, str]:
        """The columns by header as headers are compared."""
        return {folded(name): target for name, target in self.columns.items()}

    @cached_property
    def folded_marks(self) -> list[frozenset[str]]:
        """The marks as headers are compared: of each set one must be there."""
        return [frozenset(folded(name) for name in mark.split("|")) for mark in self.marks]

    @cached_property
    def folded_deleted(self) -> str:
        """The header of `deleted` as headers are compared."""
        return folded(self.deleted)

    def fits(self, headers: frozenset[str]) -> float:
        """How well folded headers fit; 0 where a mark is missing."""
        if not all(mark & headers for mark in self.folded_marks):
            return 0.0
        return sum(name in self.folded_columns for name in headers) + len(self.folded_marks) / 100

    def target_of(self, header: str) -> tuple[str | None, bool]:
        """Target of a column and whether it holds ids; None where nothing is known about it."""
        target = self.folded_columns.get(folded(header))
        if target is None:
            return None, False
        return target.removeprefix("#"), target.startswith("#")


EXPORTS: Registry[str, ExportTable] = Registry("table of an export")
"""Every known table, by `product.name`."""


def add_export(product: str, program: Text, name: str, **said: object) -> None:
    """Register a table of a program under `product.name`."""
    EXPORTS.add(f"{product}.{name}", ExportTable(product=product, program=program, **said))  # type: ignore[arg-type]  # the attributes of ExportTable


def recognised(headers: Sequence[str]) -> tuple[str, ExportTable] | None:
    """The known table that headers fit best, with its key; None where they fit none."""
    there = frozenset(folded(name) for name in headers)
    fitting = [(fit, key, table) for key, table in EXPORTS.items() if (fit := table.fits(there))]
    best = max(fitting, key=lambda one: one[0], default=None)
    return best[1:] if best is not None else None
