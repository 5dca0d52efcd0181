"""Pages of a sorted list by position, not by number: page 1,000 costs what page 1 costs, and no row is shown twice.

A page comes in two steps. First its ids, from an index that holds scope, sort value and id; then the columns of these
few ids (`rows`). Rows without a value follow after all others, as a stretch of their own: each stretch is one plain
range of the index on SQLite as on PostgreSQL, whatever they think of NULL.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, Func, IntegerField, Model, Q, QuerySet, Value
from django.db.models import lookups as orm
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from coordina.core.filters.refusals import BadFilter
from coordina.core.listed import Listed
from coordina.core.ordering import Order
from coordina.core.prepared import RowIds, Shapes

MAX_PAGE = 1000
MAX_COUNT = 10_000
_MAX_MARK = 3000
_MAX_ID = 2**63 - 1
_ROWS = Shapes()
_signer = signing.Signer(salt="coordina.keyset")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ids.

    Attributes:
        ids: In order, at most as many as asked for.
        next: Mark for `after`; empty on the last page.
        previous: Mark for `before`; empty on the first page.
    """

    ids: tuple[int, ...]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place between rows: the sort value and id of the row it belongs to."""

    value: Any
    pk: int


class _Pair(Func):
    """`(value, id)`."""

    template = "(%(expressions)s)"
    arity = 2

    def __init__(self, value: Any, pk: Any) -> None:
        super().__init__(value, pk, output_field=IntegerField())


class _Before(orm.Lookup):
    """`(value, id) < (?, ?)`: one comparison of rows, which both databases look up in an index."""

    prepare_rhs = False
    sign = "<"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The comparison of the two pairs."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} {self.sign} {right}", (*left_values, *right_values)


class _After(_Before):
    """`(value, id) > (?, ?)`."""

    sign = ">"


def page(listed: QuerySet[Any] | Listed, order: Order, *, after: str = "", before: str = "", size: int = 80) -> Page:
    """One page of ids.

    Args:
        listed: All rows of the list: already narrowed to what one may see, filtered, without an order.
        order: From `ordering.order_of`.
        after: The `next` of the page before; empty for the first page.
        before: The `previous` of the page after.
        size: Rows of a page, 1 to 1,000.

    Raises:
        BadFilter: A mark that is not one of ours, belongs to another order, or both marks at once.
        ValueError: A size out of bounds.
    """
    if not 1 <= size <= MAX_PAGE:
        raise ValueError(f"a page has 1 to {MAX_PAGE} rows, not {size}")
    if after and before:
        raise _lost()
    backward = bool(before)
    mark = before or after
    spot = _read(mark, order, listed.model) if mark else None
    found = _fetch(listed, order, spot, backward, size + 1)
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    if not found:
        return Page((), next=before, previous=after)
    first, last = _write(order, *found[0]), _write(order, *found[-1])
    return Page(
        tuple(pk for pk, _value in found),
        next=last if more or backward else "",
        previous=first if (more if backward else spot is not None) else "",
    )


def rows(model: type[Model], ids: Sequence[int], *columns: str | Combinable) -> list[tuple[Any, ...]]:
    """The second step: columns of the rows of a page, in the order of its ids.

    Args:
        model: Whose rows; that they may be seen is what the first step has made sure of.
        ids: From `page`. Rows that are gone meanwhile are left out.
        columns: As for `values_list`; each tuple begins with the id.
    """
    every: Any = model._default_manager

    def build(keys: Any) -> QuerySet[Any]:
        source: QuerySet[Any] = every.filter(pk__in=keys).order_by().values_list("pk", *columns)
        return source

    found = {row[0]: row for row in _ROWS.ask((model, columns), build, RowIds(ids))}
    return [found[pk] for pk in ids if pk in found]


def bounded_count(source: QuerySet[Any] | Listed, limit: int = MAX_COUNT) -> tuple[int, bool]:
    """How many rows there are, without counting past a limit.

    Returns:
        The number, at most `limit`, and whether there are more.
    """
    return bounded_sum(source, "", limit)[:2]


def bounded_sum(source: QuerySet[Any] | Listed, path: str, limit: int = MAX_COUNT) -> tuple[int, bool, Any]:
    """How many rows there are and what a column adds up to, without reading past a limit.

    Args:
        source: The rows.
        path: ORM path of the column; empty adds nothing up.
        limit: Rows read at most, one more excepted.

    Returns:
        The number, at most `limit`; whether there are more; the sum, None where there are more or nothing to add.
    """
    # Which rows are counted makes no difference, so no order: sorting all that match would cost more than counting.

    def read(rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.order_by()
        return (rows.annotate(_added=F(path)).values_list("_added") if path else rows.values("pk"))[: limit + 1]

    try:
        made = (
            source.statement(("counted", path, limit), read)
            if isinstance(source, Listed)
            else read(source).query.sql_with_params()
        )
    except EmptyResultSet:
        made = None
    if made is None:
        return 0, False, None
    sql, params = made
    added = ', SUM("_added")' if path else ", NULL"
    with connections["default" if isinstance(source, Listed) else source.db].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*){added} FROM ({sql}) AS part", params)
        count, total = cursor.fetchone()
    if count > limit:
        return limit, True, None
    return count, False, total


def _fetch(
    source: QuerySet[Any] | Listed, order: Order, spot: _Spot | None, backward: bool, wanted: int
) -> list[tuple[int, Any]]:
    """Ids with sort values from a spot on; the stretch without values is its last one, read backward its first."""
    stretches = [False, True] if order.nullable else [False]
    if backward:
        stretches.reverse()
    if spot is not None and order.nullable:
        stretches = stretches[stretches.index(spot.value is None) :]
    found: list[tuple[int, Any]] = []
    for empty in stretches:
        here = spot if spot is not None and (spot.value is None) is empty else None
        left = wanted - len(found)
        if not isinstance(source, Listed):
            found += _stretch(source, order, here, backward, empty)[:left]
        elif here is None and order.json is None:
            found += source.ask(("page", order, backward, empty, wanted), _first(order, backward, empty, wanted))[:left]
        else:
            found += _stretch(source.rows, order, here, backward, empty)[:left]
        if len(found) >= wanted:
            break
    return found


def _first(order: Order, backward: bool, empty: bool, wanted: int) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    return lambda rows: _stretch(rows, order, None, backward, empty)[:wanted]


def _stretch(source: QuerySet[Any], order: Order, spot: _Spot | None, backward: bool, empty: bool) -> QuerySet[Any]:
    """The rows with a value, or those without, from a spot on."""
    down = order.descending is not backward
    by_id = OrderBy(F("pk"), descending=down)
    if empty:
        source = source.filter(Q(orm.IsNull(order.value, True)))
        if spot is not None:
            source = source.filter(**{"pk__lt" if down else "pk__gt": spot.pk})
        return source.order_by(by_id).values_list("pk", order.value)
    if spot is not None:  # which NULL never passes
        own = source.model._meta.pk
        here = _Pair(Value(spot.value, output_field=_field(order, source.model)), Value(spot.pk, output_field=own))
        beyond = (_Before if down else _After)(_Pair(order.value, F("pk")), here)
        source = source.filter(Q(beyond))
    elif order.nullable:
        source = source.filter(Q(orm.IsNull(order.value, False)))
    # Spelled as a walk along the index, one way or the other; there is no NULL left to put first or last.
    nulls: dict[str, Any] = {"nulls_last" if down else "nulls_first": True} if order.nullable else {}
    return source.order_by(OrderBy(order.value, descending=down, **nulls), by_id).values_list("pk", order.value)


def _field(order: Order, model: type[Model]) -> "Field[Any, Any]":
    field = order.json.output_field if order.json is not None else model._meta.get_field(order.column)
    assert isinstance(field, Field)
    return field


def _write(order: Order, pk: int, value: Any) -> str:
    """The mark of a row: opaque, and signed so that nobody else can make one."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        value = value.isoformat()
    elif value is not None and not isinstance(value, str | int | float | bool):
        value = str(value)
    return _signer.sign_object([str(order), value, pk])


def _read(mark: str, order: Order, model: type[Model]) -> _Spot:
    """The spot of a mark.

    Raises:
        BadFilter: Unless it was written here, for this order, of a value this column can hold.
    """
    if len(mark) > _MAX_MARK:
        raise _lost()
    try:
        written = _signer.unsign_object(mark)
        name, value, pk = written
        field = _field(order, model)
        value = field.to_python(value)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, ValidationError):
        raise _lost() from None
    fits = name == str(order) and type(pk) is int and abs(pk) <= _MAX_ID and (value is not None or order.nullable)
    if not fits:
        raise _lost()
    return _Spot(value, pk)


def _lost() -> BadFilter:
    return BadFilter(_("This page of the list is no longer there. Start again from the first one."))
