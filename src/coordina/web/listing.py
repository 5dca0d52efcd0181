"""What a list was asked for, from its address: filter, order, columns, page. And the rows that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.filters import Asker, BadFilter, Node, compile_filter, conjuncts, parse, unparse
from coordina.core.formats import Formats
from coordina.core.keyset import Page, bounded_sum, page, rows
from coordina.core.listed import Listed
from coordina.core.ordering import Order, order_of
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType
from coordina.records.grouping import Axis, Measure, axes_of, chosen, days_of, measures_of, shown_to
from coordina.records.models import Layout, SavedView
from coordina.records.saved_views import segment_of
from coordina.records.view_state import KEYS, State, check_state, columns_in, state_in
from coordina.records.vocabularies import vocabulary_of
from coordina.web.access import reached
from coordina.web.rows import Column, columns_of, paths_of_columns, rows_html

PAGE_SIZE = 80
COUNTED = 1000
"""Lists count so far; beyond it they say «1.000+»."""


@dataclass
class Listing:
    """One list as one person asked for it.

    Attributes:
        node: The filter; None for everything.
        order: The sort in force.
        names: Names of the columns, in order.
        widths: Of the columns that were given one, in CSS pixels.
        after, before: Marks of the page.
        pick: Id of the form of the boxes in front of the rows; empty for none.
        typed: The filter as it was typed, where it could not be read.
        error: What is wrong with it.
        view: The saved view it is a showing of.
        home: Address of the list without a view, where that is not the plain one.
        base: What that view says; what differs from it stands in the address.
        state: What is in force: the view's, and what the address says instead.
        left_out: Whether a column was asked for that there is not for this person.
        group, by, split: Axes: of groups in the list, of columns or bars, and of the parts of bars.
        on: The day that a calendar goes by.
        measure: What a chart measures.
    """

    known: RecordType
    user: User
    asker: Asker
    formats: Formats
    node: Node | None = None
    order: Order = field(default=Order("changed_at", "changed_at", True, False))
    names: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    pick: str = ""
    widths: Mapping[str, int] = field(default_factory=dict)
    typed: str = ""
    error: Text = ""
    view: SavedView | None = None
    home: str = ""
    base: State = field(default_factory=dict)
    state: State = field(default_factory=dict)
    left_out: bool = False
    group: Axis | None = None
    by: Axis | None = None
    split: Axis | None = None
    on: Field | None = None
    measure: Measure | None = None

    # What it reads ----------------------------------------------------------------------------------------------------

    @cached_property
    def source(self) -> QuerySet[Any]:
        """All rows of the list: seen by the person, filtered, without an order."""
        if self.error:
            return self.known.model.objects.none()
        seen: QuerySet[Any] = self.known.model.objects.visible_to(self.user)
        return self.filtered(seen, self.node)

    def filtered(self, source: QuerySet[Any], node: Node | None) -> QuerySet[Any]:
        """Rows that a filter holds for."""
        if node is None:
            return source
        return source.filter(compile_filter(node, vocabulary_of(self.known), self.asker))

    @cached_property
    def columns(self) -> list[Column]:
        """The columns, ready to draw."""
        return columns_of(self.known, self.names, self.user, self.formats)

    @cached_property
    def listed(self) -> Listed | QuerySet[Any]:
        """The same rows, to be paged through and counted."""
        if self.error:
            return self.source
        node = self.node
        condition = compile_filter(node, vocabulary_of(self.known), self.asker) if node is not None else None
        return Listed(self.known.model, self.user, condition)

    @cached_property
    def page(self) -> Page:
        """The ids of this page."""
        return page(self.listed, self.order, after=self.after, before=self.before, size=PAGE_SIZE)

    def values(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The values of the columns for some rows, in the order of the ids."""
        return rows(self.known.model, ids, *paths_of_columns(self.columns)) if ids else []

    @cached_property
    def html(self) -> SafeString:
        """The rows of this page."""
        edit = standard(self.known.model, "edit")
        ids = self.page.ids
        return rows_html(
            self.columns,
            self.values(ids),
            base=self.home_url,
            title=self.known.title,
            untitled="—",
            editable=reached(self.user, edit.permission, self.known, ids) if edit and not edit.hidden else set(),
            pick=self.pick,
        )

    @cached_property
    def _counted(self) -> tuple[int, bool, Any]:
        """How many rows there are, at most `COUNTED`; whether there are more; the sum where there are not."""
        added = self.summed
        ids, whole = self.page.ids, not (self.page.next or self.page.previous)
        if whole and (added is None or not ids):
            return len(ids), False, None
        return bounded_sum(self.listed, added.path if added else "", COUNTED)

    @property
    def count(self) -> tuple[int, bool]:
        """How many rows there are, at most `COUNTED`, and whether there are more."""
        return self._counted[:2]

    @property
    def summed(self) -> Field | None:
        """The number that the type adds up under its lists, where the person may see it."""
        return self.known.known_to(self.user).get(self.known.extra.get("sum", ""))

    @property
    def total(self) -> str:
        """The sum of the number that the type adds up; empty where too many rows would have to be read."""
        added, value = self.summed, self._counted[2]
        if added is None or value is None:
            return ""
        return self.amount(added, value if isinstance(value, Decimal) else Decimal(str(value)))

    def amount(self, about: Field, value: Any) -> str:
        """A sum or a mean as the reader writes it."""
        if about.kind is Kind.MONEY:
            return self.formats.money(value, about.currency_code or None)
        return self.formats.percent(value) if about.kind is Kind.PERCENT else self.formats.decimal(value)

    # Addresses --------------------------------------------------------------------------------------------------------

    @cached_property
    def home_url(self) -> str:
        """The beginning of the addresses of its records."""
        return address("web:list", self.known.url)

    @cached_property
    def url_of_list(self) -> str:
        """The address of the list or of its view without anything else asked."""
        if self.view is not None:
            return address("web:view", self.known.url, segment_of(self.view))
        return self.home or address("web:list", self.known.url)

    @property
    def layout(self) -> str:
        """How the rows are laid out."""
        return self.state.get("layout", Layout.LIST)

    @cached_property
    def q(self) -> str:
        """The filter as text; of a view that the reader cannot be shown, nothing."""
        return self.typed or unparse(self.node)

    @property
    def modified(self) -> bool:
        """Whether the address says something else than the view."""
        return self.view is not None and bool(self.changes())

    def changes(self, **changed: str) -> dict[str, str]:
        """What the address has to say besides the view: parameters that differ, empty ones too."""
        now = self.state | ({"q": self.q} if self.q or "q" not in self.base else {}) | changed
        return {key: now.get(key, "") for key in KEYS if now.get(key, "") != self.base.get(key, "")}

    def url(self, **changed: Any) -> str:
        """The address of this list with something changed; a change begins at the first page again.

        Args:
            **changed: `node` (tree), any of `view_state.KEYS`, `after`, `before`, `add` or any other parameter.
        """
        if "node" in changed:
            changed["q"] = unparse(changed.pop("node"))
        if not changed:
            return self._with("q", "" if self.error and not self.q else self._part("q", self.q))
        if len(changed) == 1 and (key := next(iter(changed))) in KEYS:
            return self._with(key, self._part(key, changed[key]))
        own = [self._part(key, changed[key]) if key in changed else self._parts.get(key, "") for key in KEYS]
        others = urlencode({key: value for key, value in changed.items() if key not in KEYS and value})
        query = "&".join(part for part in (*own, others) if part)
        return f"{self.url_of_list}?{query}" if query else self.url_of_list

    def url_of_parts(self, quoted: Sequence[str]) -> str:
        """The address of this list with other conditions, all of which have to hold.

        Args:
            quoted: Each as `quoted_parts` writes them.
        """
        q = "+and+".join(quoted)
        return self._with("q", f"q={q}" if q != self._quoted_base else "")

    @cached_property
    def quoted_parts(self) -> list[str]:
        """The conditions that all have to hold, each written as an address writes it."""
        return [quote_plus(text) for text in conjuncts(self.node)]

    @cached_property
    def _quoted_base(self) -> str:
        return quote_plus(self.base.get("q", ""))

    def _with(self, key: str, part: str) -> str:
        """The address with one part in the place of its key."""
        before, after = self._around(key)
        query = f"{before}{part}{after}" if part else f"{before}{after}".replace("&&", "&").strip("&")
        return f"{self.url_of_list}?{query}" if query else self.url_of_list

    def _around(self, key: str) -> tuple[str, str]:
        """What the address says before one of its keys and after it."""
        known = self._surroundings.get(key)
        if known is None:
            at = KEYS.index(key)
            before = "".join(f"{part}&" for name in KEYS[:at] if (part := self._parts.get(name)))
            after = "".join(f"&{part}" for name in KEYS[at + 1 :] if (part := self._parts.get(name)))
            known = self._surroundings[key] = (before, after)
        return known

    @cached_property
    def _surroundings(self) -> dict[str, tuple[str, str]]:
        return {}

    def _part(self, key: str, value: str) -> str:
        """What the address says of one key; nothing where the view says the same."""
        return f"{key}={quote_plus(value)}" if value != self.base.get(key, "") else ""

    @cached_property
    def _parts(self) -> dict[str, str]:
        """What the address says now, by key: a page has dozens of addresses that differ in one."""
        return {key: f"{key}={quote_plus(value)}" for key, value in self.changes().items()}

    def hidden(self, *without: str) -> dict[str, str]:
        """What a form on the page has to send along so that nothing else changes."""
        return {key: value for key, value in self.changes().items() if key not in without}

    def elsewhere(self, name: str) -> str:
        """The address of another page about the same rows (`web:export` and others), whatever view they are of."""
        own = {} if self.error else self.state
        query = urlencode({k: v for k, v in (own | {"q": self.q, "cols": self.cols_text}).items() if v})
        return f"{address(name, self.known.url)}?{query}"

    @property
    def cols_text(self) -> str:
        """The columns in force with their widths, as the address says them."""
        return ",".join(f"{n}:{self.widths[n]}" if n in self.widths else n for n in self.names)


def read_listing(
    known: RecordType,
    asked: QueryDict,
    user: User,
    asker: Asker,
    formats: Formats,
    remembered: str = "",
    view: SavedView | None = None,
) -> Listing:
    """Read the address of a list. What cannot be read becomes `error`, so that the page can show it for repair.

    Args:
        known: The record type.
        asked: The query of the address.
        user: Who asks.
        asker: The same, with the moment.
        formats: Of the reader.
        remembered: The columns they chose last, separated by commas.
        view: The saved view that the address changes.
    """
    made = Listing(known, user, asker, formats, view=view)
    made.after, made.before = asked.get("after", ""), asked.get("before", "")
    made.base = state_in(view.state) if view is not None else {}
    typed = {key: asked.get(key, "") for key in KEYS if key in asked}
    if "cols" in typed:
        typed["cols"] = ",".join(asked.getlist("cols"))
    made.state = state_in(made.base | typed)
    _columns(made, remembered if view is None else "")
    made.order = default_order(known, user)
    try:
        _read(made)
    except BadFilter as wrong:
        made.node = None
        made.typed = typed.get("q", "")
        made.error = wrong.message if view is None else _wrong_here(made, typed)
    return made


def _wrong_here(made: Listing, typed: State) -> Text:
    """What is wrong with what the address says of a view; where that is right, nothing is told of the view itself."""
    try:
        check_state(made.known, typed, made.asker)
    except BadFilter as wrong:
        return wrong.message
    return hidden_field()


def hidden_field() -> str:
    """What is said of a view that names what a reader may not see, or what is no more: both alike, unnamed."""
    return _("This view uses something that is not for you or that no longer exists.")


def _read(made: Listing) -> None:
    """Read filter, order and layout.

    Raises:
        BadFilter: For an unknown or hidden field, and whatever else makes no sense.
    """
    known, user, state = made.known, made.user, made.state
    made.node = parse(state.get("q", ""))
    if state.get("q", "") == made.base.get("q", ""):
        made.base["q"] = made.state["q"] = unparse(made.node)
    compile_filter(made.node, vocabulary_of(known), made.asker)
    if sort := state.get("sort", ""):
        made.order = order_of(sort, known.known_to(user), known.model)
        made.state["sort"] = str(made.order)
    if made.layout not in Layout.values:
        made.state["layout"] = Layout.LIST
        raise BadFilter(_("There is no such layout."))
    if not {"group", "by", "split", "on", "of"} & state.keys():
        return
    axes = axes_of(known, user)
    made.group, made.by, made.split = (
        chosen(axes, state[key]) if state.get(key) else None for key in ("group", "by", "split")
    )
    made.on = chosen(days_of(known, user), state["on"]) if state.get("on") else None
    made.measure = chosen(measures_of(known, user), state["of"]) if state.get("of") else None


def _columns(made: Listing, remembered: str) -> None:
    """Choose the columns: those asked for, else those of the view, else those this person chose last."""
    visible = shown_to(made.known, made.user)
    asked = columns_in(made.state.get("cols", ""))
    shown = [column for column in asked if column.name in visible]
    made.left_out = len(shown) < len(asked)
    if made.left_out:
        kept = ",".join(map(str, shown))
        if made.state["cols"] == made.base.get("cols", ""):
            made.base["cols"] = kept
        made.state["cols"] = kept
    if not shown:
        shown = [column for column in columns_in(remembered) if column.name in visible]
    names = [column.name for column in shown] or [n for n in default_columns(made.known) if n in visible]
    made.names = _with_title(made.known, names)
    made.widths = {column.name: column.width for column in shown if column.width}


def _with_title(known: RecordType, names: Sequence[str]) -> tuple[str, ...]:
    """A list always shows what its rows are called."""
    return tuple(dict.fromkeys((*names,) if known.title in names else (known.title, *names)))


def default_columns(known: RecordType) -> tuple[str, ...]:
    """The columns a list shows until somebody chooses others."""
    return known.columns or tuple(n for n, f in known.fields.items() if f.kind is not Kind.LONG_TEXT)[:8]


def default_order(known: RecordType, user: User) -> Order:
    """The order of a list until somebody chooses another: as declared, else what changed last."""
    named = known.known_to(user)
    if known.order.removeprefix("-") in named:
        return order_of(known.order, named, known.model)
    return Order("changed_at", "changed_at", True, False)
