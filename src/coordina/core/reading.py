"""Rows of a cursor as Django makes them, by steps that are worked out once a statement instead of once a query."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import ColPairs
from django.db.models.query import ModelIterable, ValuesIterable, ValuesListIterable, get_related_populators
from django.db.models.signals import post_init, pre_init

from coordina.core import changes
from coordina.core.images import image
from coordina.core.records import Record

type Made = Callable[[Iterable[list[Any]]], list[Any]]


class Reading:
    """How rows of one compiled query become what the query gives.

    Args:
        query: Compiled by `compiler`.
        compiler: With its columns settled.

    Attributes:
        known: Whether this knows how; where it does not, Django has to make them.
    """

    def __init__(self, query: models.QuerySet[Any], compiler: Any) -> None:
        self._using = query.db
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        self._steps = _steps(compiler, fields)
        self._make: Made | None = None
        if not any(isinstance(field, ColPairs) for field in fields):
            self._make = _maker(query, compiler)
        self.known = self._make is not None

    def __call__(self, rows: list[Any]) -> list[Any]:
        """What the query gives for rows of the database."""
        assert self._make is not None
        return self._make(self._converted(rows) if self._steps else rows)

    def _converted(self, rows: list[Any]) -> Iterable[list[Any]]:
        connection = connections[self._using]
        steps = [
            (place, [known or step.__get__(connection.ops) for known, step in ways], about)
            for place, ways, about in self._steps
        ]
        for row in map(list, rows):
            for place, ways, about in steps:
                value = row[place]
                for way in ways:
                    value = way(value, about, connection)
                row[place] = value
            yield row


def _steps(compiler: Any, fields: list[Any]) -> list[tuple[int, list[tuple[Any, Any]], Any]]:
    """What makes Python's values of the database's, by column; what belongs to one thread's connection is unbound."""
    ops = compiler.connection.ops
    return [
        (place, [(None, way.__func__) if getattr(way, "__self__", None) is ops else (way, None) for way in ways], about)
        for place, (ways, about) in compiler.get_converters(fields).items()
    ]


def _maker(query: Any, compiler: Any) -> Made | None:
    kind = query._iterable_class
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in rows]
    if kind is ValuesIterable:
        about = query.query
        names = list(about.selected or (*about.extra_select, *about.values_select, *about.annotation_select))
        return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]
    return _objects(query, compiler) if kind is ModelIterable else None


def _objects(query: Any, compiler: Any) -> Made | None:
    """Makes objects without Django's constructor, which sets each column by itself; None where it does more."""
    about, model, using = compiler.klass_info, query.model, query.db
    peers = query._known_related_objects or query._fetch_mode.track_peers
    if peers or about["model"] is not model or not _plain(model):
        return None
    first, last = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    if len(names) != len(model._meta.concrete_fields):
        return None
    recorded = issubclass(model, Record)
    related = get_related_populators(about, compiler.select, using, query._fetch_mode)
    added = list((compiler.annotation_col_map or {}).items())

    def made(rows: Iterable[list[Any]]) -> list[Any]:
        found = []
        watched = recorded and changes.current() is not None
        for row in rows:
            new = model.__new__(model)
            held = new.__dict__
            state = held["_state"] = ModelState()
            state.adding, state.db, state.fetch_mode = False, using, query._fetch_mode
            held.update(zip(names, row[first:last], strict=True))
            if watched:
                new._before = image(new)
            for populator in related:
                populator.populate(row, new)
            for name, place in added:
                setattr(new, name, row[place])
            found.append(new)
        return found

    return made


def _plain(model: type[models.Model]) -> bool:
    """Whether nothing but Django's own and `Record`'s way of loading has to happen to a row of a model."""
    usual = (Record.from_db.__func__, models.Model.from_db.__func__)  # type: ignore[attr-defined]  # class methods
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    own = getattr(model.from_db, "__func__", None) not in usual or model.__init__ is not models.Model.__init__
    return not (heard or own or model._meta.parents)
