"""Lists for programs: the filter language, saved views, orders and keyset pages of the web, as JSON."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coordina.api.problems import Problem
from coordina.api.reading import names_in, read_rows, usual
from coordina.api.visitors import Visitor
from coordina.core.filters import BadFilter, Group, Joiner, Node, compile_filter, parse
from coordina.core.keyset import MAX_COUNT, MAX_PAGE, bounded_count, page
from coordina.core.ordering import Order, order_of
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.records.saved_views import find_view
from coordina.records.vocabularies import vocabulary_of
from coordina.web.listing import default_order

PAGE = 100
ASKED = ("filter", "view", "order", "fields", "limit", "after", "before", "count")
"""Parameters of every list."""


def listed(visitor: Visitor, known: RecordType, asked: Mapping[str, str], within: Q | None = None) -> dict[str, Any]:
    """One page of a list.

    Args:
        visitor: Who asks.
        known: The record type.
        asked: Parameters by name.
        within: What the address narrows the rows to.

    Raises:
        BadFilter: For what is no filter, order, field or mark for this person.
        Problem: For parameters that there are not.
        NotFound: For a view, or a whole, that they may not see.
    """
    _check(known, asked)
    user = visitor.user
    state: Mapping[str, str] = _view(visitor, known, asked["view"]) if asked.get("view") else {}
    node = _both(_parsed(state.get("q", "")), _parsed(asked.get("filter", "")))
    source = _source(visitor, known, asked)
    if within is not None:
        source = source.filter(within)
    if node is not None:
        source = source.filter(compile_filter(node, vocabulary_of(known), visitor.asker))
    order = _order(visitor, known, asked.get("order") or state.get("sort", ""))
    names = names_in(known, asked["fields"], user) if asked.get("fields") else usual(known, user)
    size = _size(asked.get("limit", ""))
    found = page(source, order, after=asked.get("after", ""), before=asked.get("before", ""), size=size)
    answer: dict[str, Any] = {
        "data": read_rows(known, found.ids, names, user, visitor.currency),
        "next": found.next or None,
        "previous": found.previous or None,
    }
    if asked.get("count") == "true":
        number, more = bounded_count(source, MAX_COUNT)
        answer["count"] = {"number": number, "more": more}
    return answer


def parent_of(known: RecordType) -> str:
    """The parameter that says of which whole parts are listed: the field's name, `order_id` where that is taken."""
    return f"{known.within}_id" if known.within in ASKED else known.within


def _check(known: RecordType, asked: Mapping[str, str]) -> None:
    """Refuse parameters that there are not.

    Raises:
        Problem: Naming the first.
    """
    for name, value in asked.items():
        if name not in ASKED and name != parent_of(known):
            raise Problem("parameter", _("There is no parameter “%(name)s” here.") % {"name": name[:40]})
        if "\x00" in value:
            raise BadFilter(_("There is a character here that cannot be read."))
    if asked.get("count", "true") not in ("true", "false"):
        raise Problem("parameter", _("“count” is “true” or “false”."))


def _source(visitor: Visitor, known: RecordType, asked: Mapping[str, str]) -> QuerySet[Any]:
    """All rows of a type that the visitor may see; of parts those of one whole, which has to be named."""
    model: Any = known.model
    seen: QuerySet[Any] = model.objects.visible_to(visitor.user)
    if not known.within:
        return seen
    whole: Any = model._meta.get_field(known.within).related_model
    pk = parse_id(asked.get(parent_of(known), ""))
    if pk is None:
        message = _("Say with “%(name)s” of which record: its id.")
        raise Problem("parameter", message % {"name": parent_of(known)})
    if one(whole, pk, visitor.user) is None:
        raise NotFound
    return seen.filter(**{f"{known.within}_id": pk})


def _view(visitor: Visitor, known: RecordType, text: str) -> Mapping[str, str]:
    """What a saved view says.

    Raises:
        NotFound: When there is none that the visitor may see.
    """
    pk = parse_id(text.partition("-")[0])
    if pk is None:
        raise NotFound
    state: Mapping[str, str] = find_view(visitor.user, known, pk).state
    return state


def _parsed(text: str) -> Node | None:
    return parse(text) if text else None


def _both(first: Node | None, second: Node | None) -> Node | None:
    return Group(Joiner.AND, (first, second)) if first is not None and second is not None else first or second


def _order(visitor: Visitor, known: RecordType, text: str) -> Order:
    if text in ("id", "-id"):
        return Order("id", "id", text.startswith("-"), False)
    if text:
        return order_of(text, known.known_to(visitor.user), known.model)
    return default_order(known, visitor.user)


def _size(text: str) -> int:
    """Rows of a page.

    Raises:
        Problem: Unless it is 1 to 1,000.
    """
    size = parse_id(text) if text else PAGE
    if size is None or not 1 <= size <= MAX_PAGE:
        raise Problem("parameter", _("“limit” is a number from 1 to %(most)d.") % {"most": MAX_PAGE})
    return size
