"""Queries whose shape never changes, compiled once a process: building one costs Django more than asking it.

    STEPS = Prepared(lambda deal: StageEntry.objects.filter(opportunity=deal).order_by("position").values_list("stage"))
    STEPS(opportunity.pk)

The function is called once, with stand-ins for the values; later calls put the values into the finished statement. What
it is asked to do must therefore not depend on them, beyond where they stand in the conditions.
"""

import copy
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.sql.compiler import SQLCompiler

from coordina.core.actors import Actor, Reach
from coordina.core.database import keeping_cursor
from coordina.core.reading import Reading
from coordina.core.records import Record

MOST = 500
"""Statements that are kept for one purpose: people choose their columns freely."""

MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of a condition on a column that neither holds texts nor ids: an amount, a day.

    Attributes:
        field: The column, which decides how the database is given the value.
    """

    field: models.Field[Any, Any]
    value: Any

    @property
    def stored(self) -> Any:
        """The value as the database takes it."""
        return self.field.get_db_prep_value(self.field.get_prep_value(self.value), connections["default"], True)

    def stand(self, index: int) -> "Typed":
        """The stand-in of such a value while its query is compiled."""
        return Typed(self.field, _stand_of(self.field, index))


class RowIds(tuple[int, ...]):
    """Ids of single rows, each looked up by itself: however many there are, the same way of finding them is right.

    Not for ids that narrow a list, such as those of owners: with many of them another index is the better one.
    """

    __slots__ = ()


type Given = int | str | RowIds | Sequence[int] | Typed
"""A value of a condition: a number, a text, ids for `IN` (as `RowIds` where they are primary keys), or a value with its
column."""

_PLACE = re.compile(r"%s|%%")
_STANDS_FOR = 7_310_000_000_000_000_000
"""Stand-in of the first number; nothing in the product is as large."""


class _Plan:
    """A finished statement: its pieces between the values that vary, and how rows are made of what it gives."""

    def __init__(self, query: models.QuerySet[Any], given: Sequence[Given]) -> None:
        self.query = query
        self.compiler = cast(SQLCompiler, query.query.get_compiler(using=query.db))
        sql, params = self.compiler.as_sql()
        places = [found.start() for found in _PLACE.finditer(sql) if found[0] == "%s"]
        stands = {_stored(stand(index, value)): index for index, value in enumerate(given)}
        self.pieces: list[str] = []
        self.given: list[int] = []
        self.fixed: list[tuple[Any, ...]] = []
        start, run = 0, []
        for place, param in zip(places, params, strict=True):
            index = stands.get(param) if isinstance(param, Hashable) else None
            if index is None:
                run.append(param)
                continue
            self.pieces.append(sql[start:place])
            self.fixed.append(tuple(run))
            self.given.append(index)
            start, run = place + 2, []
        self.pieces.append(sql[start:])
        self.fixed.append(tuple(run))
        self._kept: str | None = None
        if set(self.given) != set(range(len(given))):
            raise TypeError("a value of a prepared query does not stand in its conditions")
        self.reading = Reading(query, self.compiler)

    def statement(self, given: Sequence[Given]) -> tuple[str, list[Any]]:
        """The statement with its parameters; ids stand in it as they are, so that their number may vary."""
        sql, params = [self.pieces[0]], list(self.fixed[0])
        for index, piece, fixed in zip(self.given, self.pieces[1:], self.fixed[1:], strict=True):
            value = given[index]
            if isinstance(value, int | str | Typed):
                sql.append("%s")
                params.append(_stored(value))
            else:
                sql.append(",".join(map(str, map(int, value))) or "NULL")
            sql.append(piece)
            params += fixed
        return "".join(sql), params

    def kept_statement(self, given: Sequence[Given]) -> tuple[str, list[Any]] | None:
        """The statement with its parameters so that PostgreSQL need not plan it again; None where it had better.

        Numbers and primary keys are looked up the same way whatever they are. How many rows a text, an amount, a day or
        a list of owners leaves differs too much for one plan to suit all.
        """
        if connections[self.query.db].vendor != "postgresql":
            return None
        if not all(isinstance(value, int | RowIds) for value in given):
            return None
        if self._kept is None:
            self._kept = self._with_literals(given)
        return self._kept, [_spelled(given[index]) for index in self.given]

    def _with_literals(self, given: Sequence[Given]) -> str:
        """The statement with what never varies written out, so that the database need not guess its types."""
        connection: Any = connections[self.query.db]
        with connection.cursor() as cursor:
            pieces = [
                cursor.mogrify(piece, fixed).replace("%", "%%")
                for piece, fixed in zip(self.pieces, self.fixed, strict=True)
            ]
        sql = [pieces[0]]
        for index, piece in zip(self.given, pieces[1:], strict=True):
            if isinstance(given[index], RowIds):
                if not sql[-1].endswith(" IN ("):
                    raise TypeError("primary keys are only looked for with `IN`")
                sql[-1] = f"{sql[-1].removesuffix(' IN (')} = ANY ("
                sql.append("%s::bigint[]")
            else:
                sql.append("%s::bigint")
            sql.append(piece)
        return "".join(sql)

    def made(self, rows: list[Any]) -> list[Any]:
        """What the query gives for these rows: objects, or tuples of values."""
        if self.reading.known:
            return self.reading(rows)
        compiler: Any = copy.copy(self.compiler)  # Django's own, but for asking: the rows are here
        compiler.connection = connections[self.query.db]
        compiler.execute_sql = lambda *_given, **_options: [rows]
        query: Any = object.__new__(type(self.query))  # a plain copy would ask the database first
        query.__dict__.update(self.query.__dict__)
        query._query = copy.copy(query._query)
        query._query.get_compiler = lambda *_given, **_options: compiler
        return list(query._iterable_class(query))


def _matches_nothing(value: Given) -> bool:
    """Whether no row can meet a condition with this value: no id is in an empty list, none is so large."""
    if isinstance(value, int):
        return abs(value) > MAX_ID
    return not isinstance(value, str | Typed) and not value


def stand(index: int, value: Given) -> int | str | Typed:
    """The stand-in of a value while its query is compiled."""
    if isinstance(value, Typed):
        return value.stand(index)
    return f"-stands-for-{index}-" if isinstance(value, str) else _STANDS_FOR + index


def _spelled(value: Any) -> str:
    """A number or primary keys as text: the type is said in the statement, not guessed from how large the value is."""
    return str(int(value)) if isinstance(value, int) else f"{{{','.join(map(str, map(int, value)))}}}"


def _stored(value: Any) -> Any:
    """A value as the database takes it."""
    return value.stored if isinstance(value, Typed) else value


def _stand_of(field: models.Field[Any, Any], index: int) -> Any:
    """A value that nothing in the product has, and that the column could hold."""
    if isinstance(field, models.DecimalField):
        return Decimal(73_100_730 + index).scaleb(-field.decimal_places)
    if isinstance(field, models.DateTimeField):
        return datetime(7310, 1, 1, tzinfo=UTC) + timedelta(days=index)
    if isinstance(field, models.DateField):
        return date(7310, 1, 1) + timedelta(days=index)
    if isinstance(field, models.BigIntegerField | models.AutoField):
        return _STANDS_FOR + index
    if isinstance(field, models.IntegerField):
        return 2_110_731_000 + index
    raise TypeError(f"no value stands for another in a {type(field).__name__}")


class Shapes:
    """Prepared queries of several shapes: each is built and compiled once for each kind of database."""

    def __init__(self) -> None:
        self._plans: dict[Any, _Plan] = {}

    def ask(self, shape: Any, build: Callable[..., models.QuerySet[Any]], *given: Given) -> list[Any]:
        """The rows for these values: objects where the query gives objects, else tuples.

        Args:
            shape: Hashable; tells apart what `build` would build.
            build: From the values to the query set. Ids for `IN` come as a sequence.
            *given: The values.
        """
        plan = self._plan(shape, build, given)
        if plan is None:
            return []
        kept = plan.kept_statement(given)
        sql, params = kept or plan.statement(given)
        with keeping_cursor() if kept else connections["default"].cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return plan.made(rows)

    def statement(
        self, shape: Any, build: Callable[..., models.QuerySet[Any]], *given: Given
    ) -> tuple[str, list[Any]] | None:
        """The statement with its parameters, to be put into another one; None where no row can match. As `ask`."""
        plan = self._plan(shape, build, given)
        return plan.statement(given) if plan is not None else None

    def _plan(self, shape: Any, build: Callable[..., models.QuerySet[Any]], given: Sequence[Given]) -> _Plan | None:
        """The compiled query of a shape; None where no row can match."""
        if any(_matches_nothing(value) for value in given):
            return None
        key = (connections["default"].vendor, shape)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST:
                self._plans.clear()
            stands = [
                s if isinstance(v, int | str | Typed) else [s] for i, v in enumerate(given) for s in (stand(i, v),)
            ]
            try:
                plan = self._plans[key] = _Plan(build(*stands), given)
            except EmptyResultSet:  # a condition that no row can meet: there is no statement to keep
                return None
        return plan


class Prepared:
    """A query that is built and compiled once for each kind of database.

    Args:
        build: From the values to the query set. Ids for `IN` come as a sequence.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any]]) -> None:
        self._build = build
        self._shapes = Shapes()

    def __call__(self, *given: Given) -> list[Any]:
        """The rows for these values: objects where the query gives objects, else tuples."""
        return self._shapes.ask(None, self._build, *given)


class PreparedWithin[M: Record]:
    """A prepared query over the rows of a model that a permission covers for somebody.

    Args:
        model: Whose rows.
        build: From the rows within reach and the values to the query set.
    """

    def __init__(self, model: type[M], build: Callable[..., models.QuerySet[Any]]) -> None:
        self._model, self._build = model, build
        self._shapes = Shapes()

    def __call__(self, actor: Actor, permission: str, *given: Given) -> list[Any]:
        """The rows for these values, as far as the permission reaches."""
        reached = self._reached(actor, permission)
        if reached is None or any(_matches_nothing(value) for value in given):
            return []
        if reached.shape is None:
            return list(self._build(reached.rows(), *given))
        return self._shapes.ask(reached.shape, self._within(reached, len(given)), *given, *reached.values)

    def statement(self, actor: Actor, permission: str, *given: Given) -> tuple[str, Sequence[Any]] | None:
        """The statement that asks for them, to be put into another one; None where no row can match."""
        reached = self._reached(actor, permission)
        if reached is None or any(_matches_nothing(value) for value in given):
            return None
        if reached.shape is None:
            try:
                return cast(tuple[str, Sequence[Any]], self._build(reached.rows(), *given).query.sql_with_params())
            except EmptyResultSet:
                return None
        return self._shapes.statement(reached.shape, self._within(reached, len(given)), *given, *reached.values)

    def _within(self, reached: "_Reached", many: int) -> Callable[..., models.QuerySet[Any]]:
        return lambda *stands: self._build(reached.rows(*stands[many:]), *stands[:many])

    def _reached(self, actor: Actor, permission: str) -> "_Reached | None":
        """How the rows that the permission covers are asked for; None where it covers none."""
        model: Any = self._model
        if model.scope_parent:
            return _Reached(None, lambda: model.objects.within(actor, permission))
        if hasattr(model, "condition"):
            own = model.condition(actor, permission)
            if own is not None and not _is_plain(own):
                return _Reached(None, lambda: _held(model, own))
            shape = own and own.identity  # with its values: each person may be of a shape of their own
            return _Reached(("own", shape), lambda: _held(model, own))
        scope = actor.scope(permission)
        if scope is None:
            return None
        if scope.reach is Reach.ALL or not (model.scope_owner or model.scope_team):
            return _Reached("all", model.objects.all)
        if scope.reach is Reach.TEAM and model.scope_team:
            path = f"{model.scope_team}_id__in"
            return _Reached(path, lambda keys: model.objects.filter(**{path: keys}), (tuple(scope.team_ids),))
        if not model.scope_owner:
            return None
        path = f"{model.scope_owner}_id"
        return _Reached(path, lambda key: model.objects.filter(**{path: key}), (scope.user_id,))


@dataclass(frozen=True, slots=True)
class _Reached:
    """How rows within reach are asked for.

    Attributes:
        shape: Tells apart what `rows` gives; None where it cannot be kept.
        rows: From the values, or their stand-ins, to the rows.
    """

    shape: Any
    rows: Callable[..., models.QuerySet[Any]]
    values: tuple[Given, ...] = ()


def _held(model: type[Record], condition: models.Q | None) -> models.QuerySet[Any]:
    """The rows of a model that a condition holds for; None is no condition."""
    rows: models.QuerySet[Any] = model.objects.all()
    return rows if condition is None else rows.filter(condition)


def _is_plain(condition: models.Q) -> bool:
    """Whether a condition compares with plain values only, so that two of them can be told to be alike."""
    for child in condition.children:
        if isinstance(child, models.Q):
            if not _is_plain(child):
                return False
        elif not isinstance(child, tuple) or not isinstance(child[1], int | str | list | tuple | set | None):
            return False
    return True


class PreparedSeen[M: Record]:
    """A prepared query over the rows of a model that somebody may see.

    Args:
        model: Whose rows.
        build: From the visible rows and the values to the query set.
    """

    def __init__(self, model: type[M], build: Callable[..., models.QuerySet[Any]]) -> None:
        self._permission = model.view_permission
        self._within = PreparedWithin(model, build)

    def __call__(self, actor: Actor, *given: Given) -> list[Any]:
        """The rows for these values that `actor` may see."""
        return self._within(actor, self._permission(), *given)


@cache
def _by_id(model: type[Record], locked: bool) -> PreparedWithin[Any]:
    if locked:
        first = model.locks_first
        if (
            first and connections["default"].features.has_select_for_no_key_update
        ):  # in this order: the database keeps it
            return PreparedWithin(
                model,
                lambda rows, pk: (
                    rows.select_related(first)
                    .select_for_update(of=(first, "self"), no_key=True)
                    .filter(pk=pk)
                    .order_by()
                ),
            )
        return PreparedWithin(model, lambda rows, pk: rows.locked().filter(pk=pk).order_by())
    return PreparedWithin(model, lambda rows, pk: rows.filter(pk=pk).order_by())


def one[M: Record](model: type[M], pk: int, actor: Actor, permission: str = "", *, locked: bool = False) -> M | None:
    """One row by its id, where a permission covers it; None where there is none or it does not: both alike.

    Args:
        model: Whose row.
        pk: Its id.
        actor: Who asks.
        permission: That must cover it; by default to see it.
        locked: Lock it until the transaction ends.
    """
    found: list[M] = _by_id(model, locked)(actor, permission or model.view_permission(), pk)
    return found[0] if found else None
