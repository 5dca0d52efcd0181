"""What was decided about a file: stored with the run as JSON, read back as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from coordina.core.parsing.ids import parse_id
from coordina.core.types import RecordType
from coordina.records.importing.options import options_of
from coordina.records.importing.tables import known_named
from coordina.records.importing.targets import Target, by_name
from coordina.records.imports.dates import DateFormat, Order
from coordina.records.imports.numbers import NumberFormat
from coordina.records.imports.reading import FileFacts
from coordina.records.models import ImportRun

OTHER = ""
"""Target of a column that is kept under other data."""
NEW = "new"
"""Value decision: make a record of that name."""
EMPTY = "empty"
"""Value decision: leave the field empty; the text is kept under other data."""


class Mode(StrEnum):
    """What to do with rows."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What becomes of one column.

    Attributes:
        index: Place in the file, from 0.
        target: Field to fill; None keeps the cells under other data.
        date, number: How its cells are written, decided over all rows.
        values: Decisions by text: id of a record or choice as text, `new`, or `empty`.
        lenient: Whether a cell that cannot be read is kept under other data instead of refusing the row.
        by_id: Whether cells are ids of records in the same export: what they do not name is never made from them.
        fixes: By text of the file, the text to read instead.
        forgiven: Whether somebody decided that it is lenient: then what a writer refuses is kept, too.
        make: Whether what the cells name is made, whatever was decided for the file.
    """

    index: int
    header: str
    target: Target | None
    date: DateFormat
    number: NumberFormat
    values: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False
    by_id: bool = False
    fixes: Mapping[str, str] = field(default_factory=dict)
    forgiven: bool = False
    make: bool = False


@dataclass(frozen=True)
class Plan:
    """What becomes of a file.

    Attributes:
        match: Field by which a row finds the record it updates; empty finds by the external id alone.
        constants: Values for every row, by field name, as text.
        make: Whether records that are referred to and do not exist are made.
        deleted: Place of the column that says that a row was deleted in the other program; None where none does.
        forgiving: Whether what a writer refuses at a lenient column is kept under other data: exports hold much that
            their program never checked.
        doubts: Of two fields that contradict each other, by the one that is refused, the one that goes.
        id_prefix: What ids of the other program may begin with; they are compared without it.
        fallbacks: Texts for new records of rows that say nothing, by field; of references ids.
        later: References whose records are made only when the import begins, such as the stages of a new pipeline.
    """

    type: RecordType
    facts: FileFacts
    columns: tuple[ColumnPlan, ...]
    mode: Mode
    match: str
    constants: Mapping[str, str]
    make: bool
    system: str
    deleted: int | None = None
    later: tuple[str, ...] = ()
    forgiving: bool = False
    doubts: Mapping[str, str] = field(default_factory=dict)
    id_prefix: str = ""
    fallbacks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ImportRun) -> "Plan":
        """The plan of a run, as far as it was decided."""
        known = known_named(run.type)
        fields = by_name(known, run.by)
        return cls(
            type=known,
            facts=FileFacts.from_json(run.facts),
            columns=tuple(_column(c, fields) for c in run.columns),
            mode=Mode(run.options.get("mode", Mode.UPSERT)),
            match=run.options.get("match", ""),
            constants=run.options.get("constants", {}),
            make=run.options.get("make", True),
            system=run.options.get("system", "import"),
            deleted=run.options.get("deleted"),
            forgiving=run.options.get("forgiving", False),
            doubts=run.options.get("doubts", {}),
            id_prefix=run.options.get("id_prefix", ""),
            later=tuple(run.options.get("later", ())),
            fallbacks=run.options.get("fallbacks", {}),
        )

    @cached_property
    def inside(self) -> dict[str, tuple[str, int]]:
        """References that are looked up only inside the answer to an option: foreign key and id of the answer."""
        found: dict[str, tuple[str, int]] = {}
        for option in options_of(self.type):
            answer = self.constants.get(option.field, "")
            if (key := parse_id(answer)) is not None:
                found |= {name: (column, key) for name, column in option.within.items()}
        return found

    @cached_property
    def own(self) -> tuple[str, ...]:
        """References to records of the imported type itself, such as the company that another is part of."""
        return tuple(n for n, c in self.filled.items() if c.target is not None and c.target.field.to is self.type.model)

    @cached_property
    def linking(self) -> tuple[int, ...]:
        """Columns that link rows of this file to each other by their ids: a second look at them is needed."""
        return tuple(c.index for n, c in self.filled.items() if n in self.own and c.by_id)

    @cached_property
    def filled(self) -> dict[str, ColumnPlan]:
        """Columns that fill a field, by its name."""
        return {c.target.name: c for c in self.columns if c.target is not None}


def without_column(target: Target) -> ColumnPlan:
    """How a text is read for a field that no column fills."""
    return ColumnPlan(-1, "", target, DateFormat(order=Order.DMY, numeric=True), NumberFormat(decimal="."))


def _column(stored: Mapping[str, Any], fields: Mapping[str, Target]) -> ColumnPlan:
    return ColumnPlan(
        index=stored["column"],
        header=stored["header"],
        target=fields.get(stored.get("target") or ""),
        date=DateFormat(order=Order(stored.get("order", Order.DMY)), numeric=True),
        number=NumberFormat(decimal=stored.get("decimal", "."), percent=stored.get("percent", False)),
        values=stored.get("values", {}),
        lenient=stored.get("lenient", False),
        by_id=stored.get("by_id", False),
        fixes=stored.get("fixes", {}),
        forgiven=stored.get("forgiven", False),
        make=stored.get("make", False),
    )
