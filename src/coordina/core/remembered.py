"""Small tables that every request needs, as objects that are made anew only when a column of them has changed."""

from collections.abc import Callable
from typing import Any

from django.db import connection, models

from coordina.core import changes
from coordina.core.database import keeping_cursor


class Remembered[M: models.Model]:
    """The rows of a small table.

        STAGES = Remembered(lambda: Stage.objects.select_related("pipeline").order_by("position", "pk"))

    Each call reads all columns as the database gives them, with a statement compiled once: what another process wrote
    is seen at once, and what this transaction wrote, too. Only when they differ from last time are objects made of
    them, which costs ten times as much. They are shared by all who ask: nobody may change them. A change set asks once,
    and again after it wrote such a row itself.

    Args:
        query: Which rows, in which order; without parameters that change.
    """

    def __init__(self, query: Callable[[], models.QuerySet[M]]) -> None:
        self._query = query
        self._statements: dict[str, tuple[str, Any]] = {}
        self._kept: tuple[list[Any], list[M]] | None = None

    def __call__(self) -> list[M]:
        """The rows as objects."""
        journal = changes.current()
        if journal is None or journal.memory.get(changes.DEPTH) != savepoints():
            return self._asked()
        known: dict[Any, list[M]] = journal.memory.setdefault(changes.SMALL_ROWS, {})
        if self not in known:
            known[self] = self._asked()
        return known[self]

    def _asked(self) -> list[M]:
        vendor = connection.vendor
        if vendor not in self._statements:
            query = self._query()
            changes.SMALL.update(_labels(query.model, query.query.select_related))
            self._statements[vendor] = query.query.sql_with_params()
        with keeping_cursor() as cursor:
            cursor.execute(*self._statements[vendor])
            rows = cursor.fetchall()
        kept = self._kept
        if kept is None or kept[0] != rows:
            kept = self._kept = (rows, _made(self._query(), rows))
        return kept[1]


def savepoints() -> int:
    """How many savepoints are open: rolling one back takes rows along that were read inside it."""
    return sum(known is not None for known in connection.savepoint_ids)


def _labels(model: Any, related: Any) -> set[str]:
    """The models whose columns a query reads."""
    found = {model._meta.label}
    for name, further in (related or {}).items():
        found |= _labels(model._meta.get_field(name).related_model, further)
    return found


def _made[M: models.Model](query: models.QuerySet[M], rows: list[Any]) -> list[M]:
    """The objects of rows that were read already: the query is compiled, but not asked again."""
    compiler: Any = query.query.get_compiler(using=query.db)
    compiler.as_sql()
    compiler.execute_sql = lambda *_given, **_options: [rows]
    query.query.get_compiler = lambda *_given, **_options: compiler  # type: ignore[method-assign]  # for this query alone
    return list(query)
