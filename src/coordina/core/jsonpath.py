"""Values inside a JSON column, spelled in SQL exactly as their expression index spells them.

Django's own key lookups send the key as a parameter, so no index on the expression is ever used (585 ms against 2 at a
million rows). Here the key is part of the SQL, so it is a slug and nothing else. A stray text where a number belongs is
no value, so it breaks neither a query nor an insert into the index.

    Index(JsonNumber("custom", "score"), name="…")        the index, made by a job
    JsonNumber(F("custom"), "score")                      the same expression in a query
"""

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateTimeField, Field, FloatField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,40}")

type _Sql = tuple[str, tuple[Any, ...]]


def is_slug(key: str) -> bool:
    """Whether a key may be spelled into SQL: small letters, digits and underscores, at most 41."""
    return _SLUG.fullmatch(key) is not None


class JsonValue(Func):
    """A value by its key; subclasses say how each database spells it.

    Args:
        column: The JSON column, a name or an expression.
        key: A slug.

    Raises:
        ValueError: When the key is no slug: keys come from declarations, never from outside.
    """

    holds: type["Field[Any, Any]"] = TextField
    sqlite = ""
    postgresql = ""

    def __init__(self, column: Any, key: str) -> None:
        if not is_slug(key):
            raise ValueError(f"{key!r} is no slug")
        super().__init__(column, output_field=self.holds())
        self.key = key

    def _spelled(self, template: str, compiler: SQLCompiler) -> _Sql:
        sql, params = compiler.compile(self.get_source_expressions()[0])
        spelled = template.replace("{column}", sql).replace("{key}", self.key)
        return spelled, tuple(params) * template.count("{column}")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> _Sql:
        """The expression for SQLite."""
        return self._spelled(self.sqlite, compiler)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> _Sql:
        """The expression for PostgreSQL."""
        return self._spelled(self.postgresql, compiler)


class JsonText(JsonValue):
    """A text (also a date, as ISO text)."""

    holds = TextField
    sqlite = "json_extract({column}, '$.{key}')"
    postgresql = "({column} ->> '{key}')"


class JsonMoment(JsonValue):
    """A moment, from its ISO text in UTC; what is no such text is no moment."""

    holds = DateTimeField
    sqlite = (
        "(CASE WHEN json_extract({column}, '$.{key}') GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'"
        " THEN replace(substr(json_extract({column}, '$.{key}'), 1, 19), 'T', ' ') END)"
    )
    postgresql = (
        "(CASE WHEN ({column} ->> '{key}') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$'"
        " THEN ({column} ->> '{key}')::timestamptz END)"
    )


class JsonNumber(JsonValue):
    """A number, as a double."""

    holds = FloatField
    sqlite = (
        "(CASE WHEN json_type({column}, '$.{key}') IN ('integer', 'real') THEN json_extract({column}, '$.{key}') END)"
    )
    postgresql = (
        "(CASE WHEN jsonb_typeof({column} -> '{key}') = 'number' THEN ({column} ->> '{key}')::double precision END)"
    )


class JsonHas(JsonValue):
    """Whether a list of keys holds one of them; true or nothing, so that it can be the condition of a partial index.

    Args:
        column: The JSON column.
        key: A slug: where the list is.
        item: A slug: what is looked for.
    """

    holds = BooleanField
    sqlite = """(instr(json_extract({column}, '$.{key}'), '"{item}"') > 0)"""
    postgresql = "jsonb_exists({column} -> '{key}', '{item}')"

    def __init__(self, column: Any, key: str, item: str) -> None:
        if not is_slug(item):
            raise ValueError(f"{item!r} is no slug")
        super().__init__(column, key)
        self.item = item

    def _spelled(self, template: str, compiler: SQLCompiler) -> _Sql:
        return super()._spelled(template.replace("{item}", self.item), compiler)


class JsonBool(JsonValue):
    """True or false."""

    holds = BooleanField
    sqlite = (
        "(CASE WHEN json_type({column}, '$.{key}') IN ('true', 'false') THEN json_extract({column}, '$.{key}') END)"
    )
    postgresql = "(CASE WHEN jsonb_typeof({column} -> '{key}') = 'boolean' THEN ({column} ->> '{key}')::boolean END)"
