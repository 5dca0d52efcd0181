"""Small tables that every request needs, as objects that are made anew only when a column of them has changed."""

from collections.abc import Callable
from typing import Any

from django.db import connection, models


class Remembered[M: models.Model]:
    """The rows of a small table.

        STAGES = Remembered(lambda: Stage.objects.select_related("pipeline").order_by("position", "pk"))

    Each call reads all columns as the database gives them, with a statement compiled once: what another process wrote
    is seen at once, and what this transaction wrote, too. Only when they differ from last time are objects made of
    them, which costs ten times as much. They are shared by all who ask: nobody may change them.

    Args:
        query: Which rows, in which order; without parameters that change.
    """

    def __init__(self, query: Callable[[], models.QuerySet[M]]) -> None:
        self._query = query
        self._statements: dict[str, tuple[str, Any]] = {}
        self._kept: tuple[list[Any], list[M]] | None = None

    def __call__(self) -> list[M]:
        """The rows as objects."""
        vendor = connection.vendor
        if vendor not in self._statements:
            self._statements[vendor] = self._query().query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(*self._statements[vendor])
            rows = cursor.fetchall()
        kept = self._kept
        if kept is None or kept[0] != rows:
            kept = self._kept = (rows, _made(self._query(), rows))
        return kept[1]


def _made[M: models.Model](query: models.QuerySet[M], rows: list[Any]) -> list[M]:
    """The objects of rows that were read already: the query is compiled, but not asked again."""
    compiler: Any = query.query.get_compiler(using=query.db)
    compiler.as_sql()
    compiler.execute_sql = lambda *_given, **_options: [rows]
    query.query.get_compiler = lambda *_given, **_options: compiler  # type: ignore[method-assign]  # for this query alone
    return list(query)
