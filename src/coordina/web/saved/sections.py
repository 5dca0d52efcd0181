"""Rows put together by an axis: the sections of a grouped list and the columns of a board."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coordina.core.filters import Node
from coordina.core.filters.edit import added
from coordina.core.keyset import page
from coordina.core.types import find_type
from coordina.records.figures import OTHERS, Cell, Figures, figures, together
from coordina.records.grouping import Axis
from coordina.web.listing import Listing
from coordina.web.saved.sums import asked_of

SMALL = 2000
"""Rows that are read in one go and put together here; above it each section asks for its own first rows."""


@dataclass(slots=True)
class Section:
    """Rows of one group.

    Attributes:
        count: None while a job adds up.
        more: Mark of the rows after these; empty where there are none.
        node: The filter of the list narrowed to the group.
    """

    key: Any
    label: str
    node: Node
    count: int | None = None
    cell: Cell | None = None
    ids: Sequence[int] = ()
    more: str = ""


@dataclass(slots=True)
class Sections:
    """All sections that are shown.

    Attributes:
        others: What is in sections beyond those.
        beyond: How many sections these are.
    """

    figures: Figures
    shown: list[Section] = field(default_factory=list)
    others: Cell | None = None
    beyond: int = 0

    @property
    def ids(self) -> list[int]:
        """Ids of all rows that are shown."""
        return [pk for section in self.shown for pk in section.ids]


def sections_of(listing: Listing, axis: Axis, *, most: int, size: int, skip: int = 0, all_fixed: bool) -> Sections:
    """The first rows of each section, in the order of the list.

    Args:
        listing: The list.
        axis: What puts rows together.
        most: Sections at most.
        size: Rows of a section at most.
        skip: Sections to leave out at the beginning.
        all_fixed: Whether groups without rows are shown too, where the axis knows them.
    """
    found = figures(asked_of(listing, (axis,)))
    cells = {cell.keys[0]: cell for cell in found.cells if cell.keys[0] != OTHERS}
    keys = list(cells)
    if found.waiting:
        keys = _expected(listing, axis, most)
    elif all_fixed:
        keys += [key for key in axis.fixed() or () if key not in cells]
    labels = axis.labels(keys, listing.formats)
    keys = axis.ordered(keys, labels, lambda key: weight(listing, cells.get(key)))
    rest = [cells[key] for key in keys[skip + most :] if key in cells]
    rest += [cell for cell in found.cells if cell.keys[0] == OTHERS]
    made = Sections(found, others=together((OTHERS,), rest) if rest else None, beyond=len(rest))
    for key in keys[skip : skip + most]:
        cell = cells.get(key)
        count = None if found.waiting else cell.count if cell else 0
        node = added(listing.node, axis.node(key))
        made.shown.append(Section(key, labels.get(key) or f"{key}", node, count, cell))
    _fill(listing, axis, made, size)
    return made


def weight(listing: Listing, cell: Cell | None) -> float:
    """By what sections without an order of their own are sorted: the number of the type, else how many rows."""
    if cell is None:
        return 0
    added_up = listing.summed
    own = cell.sums.get(added_up.name) if added_up is not None else None
    return float(own[0]) if own is not None and own[1] else cell.count / 1e9


def _expected(listing: Listing, axis: Axis, most: int) -> list[Any]:
    """Sections while nobody knows yet which rows there are: the choices, else the first records one may name."""
    fixed = axis.fixed()
    if fixed is not None:
        return [*fixed, None]
    far = find_type(axis.field.to) if axis.field.to else None
    if far is None or not axis.few:
        return []
    rows: Any = far.model.objects.visible_to(listing.user)
    return list(rows.order_by(far.model.title_column, "pk").values_list("pk", flat=True)[:most])


def _fill(listing: Listing, axis: Axis, made: Sections, size: int) -> None:
    """Read the ids of the sections: all at once where the rows are few."""
    if not made.figures.waiting and made.figures.worked_at is None and made.figures.count <= SMALL:
        rows = listing.source.annotate(group_key=axis.expression(listing.asker)).order_by(*listing.order.terms())
        by_key: dict[Any, list[int]] = defaultdict(list)
        for pk, value in rows.values_list("pk", "group_key"):
            by_key[axis.key(value)].append(pk)
        for section in made.shown:
            section.ids = by_key[section.key][:size]
            if len(by_key[section.key]) > size:
                section.more = mark_after(listing, section, size)
        return
    for section in made.shown:
        if section.count != 0:
            found = page(rows_in(listing, section.node), listing.order, size=size)
            section.ids, section.more = found.ids, found.next


def mark_after(listing: Listing, section: Section, size: int) -> str:
    """The mark behind the first rows of a section, which were read without one."""
    return page(rows_in(listing, section.node), listing.order, size=size).next


def rows_in(listing: Listing, node: Node) -> Any:
    """The rows of a section."""
    model: Any = listing.known.model
    return listing.filtered(model.objects.visible_to(listing.user), node)
