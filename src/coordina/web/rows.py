"""Rows of a list as one escaped string: what makes a page of eighty rows cost a millisecond instead of five."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from coordina.accounts.models import User
from coordina.core.cells import CELLS, CellContext, Path
from coordina.core.formats import Formats
from coordina.core.types import Field, Kind, RecordType
from coordina.web import html
from coordina.web.values import RIGHT, drawer, paths_of


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list, ready to draw.

    Attributes:
        paths: ORM paths or expressions it reads.
        draw: From their values to escaped HTML.
        cls: Classes of its cells: alignment, and the place on the card of a phone.
        edit: Name of the field where it is edited in place, the segment of that address; else empty.
    """

    field: Field
    paths: tuple[Path, ...]
    draw: Callable[[tuple[Any, ...]], str]
    cls: str
    edit: str = ""

    @property
    def right(self) -> bool:
        """Whether numbers stand in it."""
        return self.field.kind in RIGHT


def columns_of(known: RecordType, names: Iterable[str], user: User, formats: Formats) -> list[Column]:
    """The columns of a list that a person may see, in the order of the names; what has no value of its own is left out.

    Args:
        known: The record type.
        names: Public names of fields.
        user: Who looks.
        formats: Of the reader.
    """
    context = CellContext(formats, user, html)
    sight = known.sight(user)
    visible, editable = sight.fields, sight.editable
    found: list[Column] = []
    taken: set[str] = set()
    for name in names:
        field = visible.get(name)
        own = CELLS.get((known.name, name))
        if field is None or not (own or paths_of(field)):
            continue
        paths: tuple[Path, ...] = own.paths if own else paths_of(field)
        draw = _own(own.draw, context) if own else drawer(field, formats)
        place = _place(known, field, own.place if own else "", taken)
        taken.add(place)
        cls = " ".join(c for c in (place, _look(field)) if c)
        found.append(Column(field, paths, draw, cls, name if name in editable and name != known.title else ""))
    return found


def _own(draw: Callable[[tuple[Any, ...], CellContext], str], context: CellContext) -> Callable[[tuple[Any, ...]], str]:
    return lambda values: draw(values, context)


def _place(known: RecordType, field: Field, asked: str, taken: Collection[str]) -> str:
    """Where a cell stands on the card of a phone: one title, amount, second line, date; what is left has no place."""
    if field.name == known.title:
        return "as-title"
    if asked:
        return f"as-{asked}"
    wanted = ""
    if field.kind in RIGHT:
        wanted = "as-amount"
    elif field.kind in (Kind.DATE, Kind.DATETIME):
        wanted = "as-date"
    elif field.to is not User:
        wanted = "as-under"
    return wanted if wanted and wanted not in taken else ""


def _look(field: Field) -> str:
    if field.kind in RIGHT:
        return "num right"
    if field.kind in (Kind.DATE, Kind.DATETIME):
        return "num nowrap"
    return "quiet" if field.kind is Kind.REF and field.to is not User else ""


_BOX = (
    '<td class="pick-cell"><input type="checkbox" class="check pick" name="id" value="%d" form="FORM"'
    ' aria-labelledby="n%d"></td>'
)


def rows_html(
    columns: Sequence[Column],
    rows: Iterable[tuple[Any, ...]],
    *,
    base: str,
    title: str,
    untitled: str,
    editable: set[int] | None,
    pick: str = "",
) -> SafeString:
    """All rows of a page.

    Args:
        columns: From `columns_of`.
        rows: Tuples of the id and then the values of each column's paths, one after the other.
        base: Address of the list, `/companies/`.
        title: Name of the field whose cell opens the record.
        untitled: What stands there when it is empty.
        editable: Ids of the rows whose cells may be edited in place; None for all.
        pick: Id of the form that a box in front of each row belongs to; empty for none.
    """
    read = list(rows)
    frozen = [False] * len(read) if editable is None else [row[0] not in editable for row in read]
    box = _BOX.replace("FORM", escape(pick)) if pick else ""
    drawn = [
        [f'<tr data-row="{row[0]}">{box % (row[0], row[0])}' if box else f'<tr data-row="{row[0]}">' for row in read]
    ]
    start = 1
    for column in columns:
        end = start + len(column.paths)
        values = [row[start:end] for row in read]
        if column.field.name == title:
            link = f'<td class="{column.cls}"><a class="name" id="n%d" href="{escape(base).replace("%", "%%")}%d/">'
            drawn.append(
                [
                    f"{link % (row[0], row[0])}{column.draw(given) or escape(untitled)}</a></td>"
                    for row, given in zip(read, values, strict=True)
                ]
            )
        else:
            drawn.append(_cells(column, values, frozen))
        start = end
    return SafeString("</tr>".join(map("".join, zip(*drawn, strict=True))) + ("</tr>" if read else ""))


def _cells(column: Column, values: Sequence[tuple[Any, ...]], frozen: Sequence[bool]) -> list[str]:
    """The cells of one column; stages, owners, days come again on a page and are drawn for the first of their rows."""
    plain = f'<td class="{column.cls}">' if column.cls else "<td>"
    open_ = f'{plain[:-1]} data-edit-url="{column.edit}">' if column.edit else plain
    try:
        known = {given: f"{column.draw(given)}</td>" for given in set(values)}
        drawn = [known[given] for given in values]
    except TypeError:  # values of a JSON column have no hash
        drawn = [f"{column.draw(given)}</td>" for given in values]
    if open_ is plain or not any(frozen):
        return [open_ + cell for cell in drawn]
    return [(plain if shut else open_) + cell for cell, shut in zip(drawn, frozen, strict=True)]


def paths_of_columns(columns: Sequence[Column]) -> list[Path]:
    """All paths in the order `rows_html` expects them."""
    return [path for column in columns for path in column.paths]
