"""A board of any list: columns by a choice or a reference with few values, cards of what the view shows."""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import actions_on, standard
from coordina.core.filters.edit import added
from coordina.core.keyset import page, rows
from coordina.core.pieces import pieces
from coordina.core.types import Kind
from coordina.records.figures import figures
from coordina.records.grouping import Axis, AxisKind, axes_of, chosen
from coordina.web.access import reached
from coordina.web.listing import Listing
from coordina.web.rows import Column, paths_of_columns
from coordina.web.saved.sections import Section, rows_in, sections_of
from coordina.web.saved.sums import as_of, asked_of
from coordina.web.saved.tabs import Tab, own_board, own_board_url
from coordina.web.sentences import capital_of

CARDS, FEWER = 20, 10
"""First cards of a column: of a few choices, and of references, which may fill all columns."""
MOST = 12
"""Columns side by side; further values stand together in the list."""
LINES = 4
"""Facts on a card besides its title and whoever looks after it."""
NONE = "none"
"""How an address names the column of rows without a value."""


def board_axes(listing: Listing) -> dict[str, Axis]:
    """The fields a board of this list may have columns by."""
    return {name: axis for name, axis in axes_of(listing.known, listing.user).items() if axis.few}


def axis_of(listing: Listing) -> Axis | None:
    """The field of the columns: the one asked for, else the first quick filter that has few values."""
    offered = board_axes(listing)
    if listing.by is not None:
        return offered.get(listing.by.name)
    own = own_board(listing.known)
    names = [own, *listing.known.quick, *offered]
    found = [offered[name] for name in names if name in offered]
    return next((a for a in found if a.name == own or a.kind is AxisKind.CHOICE), found[0] if found else None)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column as the template writes it."""

    id: str
    key: str
    label: str
    count: str
    sum: str
    cards: SafeString
    more_url: str
    new_url: str


def board_context(listing: Listing) -> dict[str, Any]:
    """What the board is given besides what every layout shows."""
    axis = axis_of(listing)
    if axis is None or listing.error:
        return {"axis": None, "columns": [], "axes": axis_tabs(listing, axis)}
    made = sections_of(listing, axis, most=MOST, size=CARDS if axis.fixed() else FEWER, all_fixed=True)
    cards = Cards(listing, axis)
    drawn = cards.html(made.ids)
    new = reverse("web:new", args=(listing.known.url,))
    columns = []
    for number, section in enumerate(made.shown):
        key = key_text(section.key)
        more = listing.url(column=key or NONE, after=section.more) if section.more else ""
        here = SafeString("".join(drawn[pk] for pk in section.ids if pk in drawn))
        made_new = f"{new}?{axis.name}={key}" if key and axis.name in listing.known.sight(listing.user).editable else ""
        count = "" if section.count is None else listing.formats.integer(section.count)
        columns.append(ColumnView(f"column-{number}", key, section.label, count, sum_of(listing, section), here, more,
                                  made_new))  # fmt: skip
    beyond = made.others.count if made.others is not None else 0
    return {
        "axis": axis,
        "axes": axis_tabs(listing, axis),
        "columns": columns,
        "fixed": not cards.moves,
        "waiting": made.figures.waiting,
        "as_of": as_of(listing, made.figures),
        "beyond": listing.formats.integer(beyond) if beyond else "",
        "beyond_url": listing.url(layout="list", group=axis.name),
        "any_rows": any(column.cards for column in columns) or made.figures.waiting,
        "self_url": listing.url(),
        "move_query": "?" + listing.elsewhere("web:list").partition("?")[2],
    }


def key_text(key: Any) -> str:
    """A key as forms and addresses carry it; nothing for rows without a value."""
    return "" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


def sum_of(listing: Listing, section: Section) -> str:
    """The sum of the type's number in a section."""
    about = listing.summed
    own = section.cell.sums.get(about.name) if section.cell is not None and about is not None else None
    return listing.amount(about, own[0]) if own is not None and own[1] and about is not None else ""


def axis_tabs(listing: Listing, axis: Axis | None) -> list[Tab]:
    """The fields one may choose columns by; the one whose board a room drew itself leads there."""
    found = []
    for name, each in board_axes(listing).items():
        url = listing.url(by=name, layout="board")
        if name == own_board(listing.known):
            url = own_board_url(listing)
        found.append(Tab(capital_of(each.field.label), url, axis is not None and name == axis.name))
    return found


def column_context(listing: Listing, key: str) -> dict[str, Any]:
    """Further cards of one column.

    Raises:
        BadFilter: For a mark that is none of ours, or a list that has no board.
    """
    axis = axis_of(listing) or chosen(board_axes(listing), "")
    value = None if key == NONE else key
    node = added(listing.node, axis.node(value == "true" if axis.kind is AxisKind.BOOL else value))
    found = page(rows_in(listing, node), listing.order, after=listing.after, size=CARDS)
    drawn = Cards(listing, axis).html(found.ids)
    label = axis.labels([_typed(axis, value)], listing.formats).get(_typed(axis, value), "")
    return {
        "label": label,
        "cards": SafeString("".join(drawn[pk] for pk in found.ids if pk in drawn)),
        "more_url": listing.url(column=key, after=found.next) if found.next else "",
        "back_url": listing.url(),
    }


def _typed(axis: Axis, value: str | None) -> Any:
    """A key of an address as it is in the database."""
    if value is None or axis.kind is not AxisKind.REF:
        return value == "true" if axis.kind is AxisKind.BOOL and value is not None else value
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def moved_columns(listing: Listing) -> dict[str, dict[str, str]]:
    """Count and sum of each column after a move; nothing where a job keeps them."""
    axis = axis_of(listing)
    if axis is None or listing.error:
        return {}
    found = figures(asked_of(listing, (axis,)))
    if found.waiting or found.worked_at is not None:
        return {}
    cells = {cell.keys[0]: cell for cell in found.cells}
    keys = dict.fromkeys([*cells, *(axis.fixed() or ())])
    node = listing.node or axis.node(None)
    sections = [Section(key, "", node, cell=cells.get(key)) for key in keys]
    return {
        key_text(s.key): {
            "count": listing.formats.integer(s.cell.count if s.cell else 0),
            "sum": sum_of(listing, s),
        }
        for s in sections
    }


class Cards:
    """Draws the cards of one request, each as one escaped string.

    Attributes:
        editable: Whether the field of the columns can be written.
        moves: Whether cards can be moved: by writing it, or by an action that leads to a state.
    """

    def __init__(self, listing: Listing, axis: Axis) -> None:
        self.listing, self.axis = listing, axis
        known = listing.known
        self.edit = standard(known.model, "edit")
        deeds = {a.lifecycle[1] for a in actions_on(known.model) if a.lifecycle and not a.hidden}
        by_deed = axis.name == "status" and bool(deeds & set(axis.fixed() or ()))
        self.editable = (
            axis.name in known.sight(listing.user).editable and self.edit is not None and not self.edit.hidden
        )
        self.moves = self.editable or by_deed
        self.columns = [c for c in listing.columns if c.field.name not in (axis.name, known.title)]
        self.title = next(c for c in listing.columns if c.field.name == known.title)
        self.owner = next((c for c in self.columns if c.field.kind is Kind.REF and c.field.to is User), None)
        self.facts = [c for c in self.columns if c is not self.owner][:LINES]
        self.next = escape(urlencode({"next": listing.url()}))
        self.home = reverse("web:list", args=(known.url,))
        self.move_label = escape(_("Move to…"))
        self.arrow = pieces().icon("arrow-right", "s")

    def html(self, ids: Any) -> dict[int, str]:
        """Cards by id."""
        if not ids:
            return {}
        columns = [self.title, *([self.owner] if self.owner else []), *self.facts]
        found = rows(self.listing.known.model, ids, "version", *paths_of_columns(columns))
        may = self._movable(ids)
        return {row[0]: self.one(row, columns, may is None or row[0] in may) for row in found}

    def _movable(self, ids: Any) -> set[int] | None:
        if not self.moves or self.edit is None:
            return set()
        return reached(self.listing.user, self.edit.permission, self.listing.known, ids)

    def one(self, row: tuple[Any, ...], columns: list[Column], may: bool) -> str:
        """One card: title and owner, then the facts that the view shows, a line each."""
        pk, version = row[0], row[1]
        drawn: dict[str, str] = {}
        start = 2
        for column in columns:
            stop = start + len(column.paths)
            drawn[column.field.name] = column.draw(row[start:stop])
            start = stop
        title = drawn[self.title.field.name] or "—"
        url = f"{self.home}{pk}/"
        plain = escape(str(row[2] or "—"))
        owner = f'<span class="card-who">{drawn[self.owner.field.name]}</span>' if self.owner else ""
        facts = "".join(
            f'<div class="card-fact {column.cls}"><span class="tiny quiet">{escape(str(column.field.label))}</span>'
            f'<span class="cut">{drawn[column.field.name]}</span></div>'
            for column in self.facts if drawn[column.field.name]
        )  # fmt: skip
        move = f' data-move-url="{url}put/{self.axis.name}/"' if may else ""
        return (
            f'<li class="card" id="card-{pk}" tabindex="0" data-card="{pk}" data-version="{version}"'
            f' data-title="{plain}"{move}><div class="row close">'
            f'<a class="card-title" href="{url}" title="{plain}">{title}</a>{self._link(pk, plain, may)}'
            f"</div>{facts}{owner}</li>"
        )

    def _link(self, pk: int, title: str, may: bool) -> str:
        """The way to another column without dragging: a small form for the field."""
        if not (may and self.editable):
            return ""
        label, url = f"{self.move_label} {title}", f"{self.home}{pk}/put/{self.axis.name}/?{self.next}"
        return (
            f'<a class="icon-btn small" href="{url}" hx-get="{url}" hx-target="#dialog-host" aria-label="{label}"'
            f' title="{self.move_label}">{self.arrow}</a>'
        )
