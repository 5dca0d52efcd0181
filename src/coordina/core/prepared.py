"""Queries whose shape never changes, compiled once a process: building one costs Django more than asking it.

    STEPS = Prepared(lambda deal: StageEntry.objects.filter(opportunity=deal).order_by("position").values_list("stage"))
    STEPS(opportunity.pk)

The function is called once, with stand-ins for the values; later calls put the values into the finished statement. What
it is asked to do must therefore not depend on them, beyond where they stand in the conditions.
"""

import copy
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.sql.compiler import SQLCompiler

from coordina.core.actors import Actor, Reach
from coordina.core.records import Record

MOST = 500
"""Statements that are kept for one purpose: people choose their columns freely."""

MAX_ID = 2**63 - 1

type Given = int | str | Sequence[int]
"""A value of a condition: a number, a text, or ids for `IN`."""

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
        stands = {stand(index, value): index for index, value in enumerate(given)}
        self.pieces: list[str] = []
        self.given: list[int] = []
        self.fixed: list[tuple[Any, ...]] = []
        start, run = 0, []
        for place, param in zip(places, params, strict=True):
            index = stands.get(param) if isinstance(param, int | str) else None
            if index is None:
                run.append(param)
                continue
            self.pieces.append(sql[start:place])
            self.fixed.append(tuple(run))
            self.given.append(index)
            start, run = place + 2, []
        self.pieces.append(sql[start:])
        self.fixed.append(tuple(run))
        if set(self.given) != set(range(len(given))):
            raise TypeError("a value of a prepared query does not stand in its conditions")

    def statement(self, given: Sequence[Given]) -> tuple[str, list[Any]]:
        """The statement with its parameters; ids stand in it as they are, so that their number may vary."""
        sql, params = [self.pieces[0]], list(self.fixed[0])
        for index, piece, fixed in zip(self.given, self.pieces[1:], self.fixed[1:], strict=True):
            value = given[index]
            if isinstance(value, int | str):
                sql.append("%s")
                params.append(value)
            else:
                sql.append(",".join(map(str, map(int, value))) or "NULL")
            sql.append(piece)
            params += fixed
        return "".join(sql), params

    def made(self, rows: list[Any]) -> list[Any]:
        """What the query gives for these rows: objects, or tuples of values."""
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
    return not isinstance(value, str) and not value


def stand(index: int, value: Given) -> int | str:
    """The stand-in of a value while its query is compiled."""
    return f"-stands-for-{index}-" if isinstance(value, str) else _STANDS_FOR + index


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
        if any(_matches_nothing(value) for value in given):
            return []
        connection = connections["default"]
        key = (connection.vendor, shape)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST:
                self._plans.clear()
            stands = [s if isinstance(v, int | str) else [s] for i, v in enumerate(given) for s in (stand(i, v),)]
            try:
                plan = self._plans[key] = _Plan(build(*stands), given)
            except EmptyResultSet:  # a condition that no row can meet: there is no statement to keep
                return []
        sql, params = plan.statement(given)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return plan.made(rows)


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
        model: Any = self._model
        if model.scope_parent:
            if any(_matches_nothing(value) for value in given):
                return []
            return list(self._build(model.objects.within(actor, permission), *given))
        if hasattr(model, "condition"):
            own = model.condition(actor, permission)
            if any(_matches_nothing(value) for value in given):
                return []
            if own is not None and not _is_plain(own):
                return list(self._build(_held(model, own), *given))
            shape = own and own.identity  # with its values: each person may be of a shape of their own
            return self._shapes.ask(("own", shape), lambda *g: self._build(_held(model, own), *g), *given)
        scope = actor.scope(permission)
        if scope is None:
            return []
        if scope.reach is Reach.ALL or not (model.scope_owner or model.scope_team):
            return self._shapes.ask("all", lambda *g: self._build(model.objects.all(), *g), *given)
        if scope.reach is Reach.TEAM and model.scope_team:
            return self._narrowed(f"{model.scope_team}_id__in", tuple(scope.team_ids), given)
        return self._narrowed(f"{model.scope_owner}_id", scope.user_id, given) if model.scope_owner else []

    def _narrowed(self, path: str, value: Given, given: Sequence[Given]) -> list[Any]:
        def build(*stands: Any) -> models.QuerySet[Any]:
            return self._build(self._model.objects.filter(**{path: stands[-1]}), *stands[:-1])

        return self._shapes.ask(path, build, *given, value)


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
