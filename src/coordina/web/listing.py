"""What a list was asked for, from its address: filter, order, columns, page. And the rows that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.filters import Asker, BadFilter, Node, compile_filter, parse, unparse
from coordina.core.formats import Formats
from coordina.core.keyset import Page, bounded_sum, page, rows
from coordina.core.ordering import Order, order_of
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType
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
        after, before: Marks of the page.
        pick: Id of the form of the boxes in front of the rows; empty for none.
        typed: The filter as it was typed, where it could not be read.
        error: What is wrong with it.
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
    sort: str = ""
    cols: tuple[str, ...] = ()
    typed: str = ""
    error: Text = ""

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
    def page(self) -> Page:
        """The ids of this page."""
        return page(self.source, self.order, after=self.after, before=self.before, size=PAGE_SIZE)

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
            base=self.url_of_list,
            title=self.known.title,
            untitled="—",
            editable=reached(self.user, edit.permission, self.known, ids) if edit and not edit.hidden else set(),
            pick=self.pick,
        )

    @cached_property
    def _counted(self) -> tuple[int, bool, Any]:
        """How many rows there are, at most `COUNTED`; whether there are more; the sum where there are not."""
        added = self._added
        ids, whole = self.page.ids, not (self.page.next or self.page.previous)
        if whole and (added is None or not ids):
            return len(ids), False, None
        return bounded_sum(self.source, added.path if added else "", COUNTED)

    @property
    def _added(self) -> Field | None:
        """The field that the type adds up, where the person may see it."""
        return self.known.known_to(self.user).get(self.known.extra.get("sum", ""))

    @property
    def count(self) -> tuple[int, bool]:
        """How many rows there are, at most `COUNTED`, and whether there are more."""
        return self._counted[:2]

    @property
    def total(self) -> str:
        """The sum of the column that the type adds up; empty where too many rows would have to be read."""
        added, value = self._added, self._counted[2]
        if added is None or value is None:
            return ""
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        return self.formats.money(number) if added.kind is Kind.MONEY else self.formats.decimal(number)

    # Addresses --------------------------------------------------------------------------------------------------------

    @cached_property
    def url_of_list(self) -> str:
        """The address of the list without anything asked."""
        return reverse("web:list", args=(self.known.url,))

    @cached_property
    def q(self) -> str:
        """The filter as text."""
        return self.typed or unparse(self.node)

    def url(self, **changed: Any) -> str:
        """The address of this list with something changed; a change begins at the first page again.

        Args:
            **changed: `q` (text), `node` (tree), `sort`, `cols`, `after`, `before`, `add` or any other parameter.
        """
        if "node" in changed:
            changed["q"] = unparse(changed.pop("node"))
        if changed.keys() <= {"q"}:
            q = changed.get("q", self.q)
            parts = [f"q={quote_plus(q)}" if q else "", self._rest]
            query = "&".join(part for part in parts if part)
        else:
            asked = {"q": self.q, "sort": self.sort, "cols": ",".join(self.cols)} | changed
            query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.url_of_list}?{query}" if query else self.url_of_list

    @cached_property
    def _rest(self) -> str:
        """What the address says besides the filter."""
        return urlencode({n: v for n, v in (("sort", self.sort), ("cols", ",".join(self.cols))) if v})


def read_listing(
    known: RecordType, asked: QueryDict, user: User, asker: Asker, formats: Formats, remembered: str = ""
) -> Listing:
    """Read the address of a list. What cannot be read becomes `error`, so that the page can show it for repair.

    Args:
        known: The record type.
        asked: The query of the address.
        user: Who asks.
        asker: The same, with the moment.
        formats: Of the reader.
        remembered: The columns they chose last, separated by commas.
    """
    made = Listing(known, user, asker, formats)
    made.after, made.before = asked.get("after", ""), asked.get("before", "")
    visible = known.known_to(user)
    made.cols = tuple(n for n in _columns_asked(asked) if n in visible)
    chosen = made.cols or tuple(n for n in remembered.split(",") if n in visible)
    made.names = _with_title(known, chosen or default_columns(known))
    made.order = default_order(known, user)
    try:
        made.node = parse(asked.get("q", ""))
        compile_filter(made.node, vocabulary_of(known), asker)
        if sort := asked.get("sort", ""):
            made.order = order_of(sort, known.fields, user, known.model)
            made.sort = str(made.order)
    except BadFilter as wrong:
        made.typed, made.error, made.node = asked.get("q", ""), wrong.message, None
    return made


def _columns_asked(asked: QueryDict) -> list[str]:
    return [name for part in asked.getlist("cols") for name in part.split(",") if name][:40]


def _with_title(known: RecordType, names: Sequence[str]) -> tuple[str, ...]:
    """A list always shows what its rows are called."""
    return tuple(dict.fromkeys((*names,) if known.title in names else (known.title, *names)))


def default_columns(known: RecordType) -> tuple[str, ...]:
    """The columns a list shows until somebody chooses others."""
    return known.columns or tuple(n for n, f in known.fields.items() if f.kind is not Kind.LONG_TEXT)[:8]


def default_order(known: RecordType, user: User) -> Order:
    """The order of a list until somebody chooses another: as declared, else what changed last."""
    named: Mapping[str, Field] = known.fields
    if known.order.removeprefix("-") in named:
        return order_of(known.order, named, user, known.model)
    return Order("changed_at", "changed_at", True, False)
