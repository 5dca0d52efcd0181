"""The index under a sorted list."""

from typing import Any

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement
from django.db.models import F, Index, Model
from django.db.models.expressions import OrderBy

from coordina.core.jsonpath import JsonValue


class SortIndex(Index):
    """An index whose nullable columns keep rows without a value last, in the way `keyset` asks for them.

        SortIndex(fields=["team", "-amount", "-id"], name="opp_team_amount")

    PostgreSQL puts NULL first under DESC unless the index says otherwise; SQLite puts it last by itself and knows no
    such words in an index. One index serves both directions.
    """

    def create_sql(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        """The CREATE INDEX, with NULLS LAST on descending nullable columns where the database needs it."""
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        columns = statement.parts.get("columns")
        if schema_editor.connection.vendor == "postgresql" and isinstance(columns, Columns):
            columns.col_suffixes = [
                f"{suffix} NULLS LAST" if suffix == "DESC" and _nullable(model, name) else suffix
                for name, suffix in self.fields_orders
            ]
        return statement


def _nullable(model: type[Model], name: str) -> bool:
    return bool(getattr(model._meta.get_field(name), "null", False))


def json_index(value: JsonValue, *, name: str, vendor: str, first: tuple[str, ...] = ()) -> Index:
    """The index under filtering and sorting by a value inside JSON; made by a job when the field becomes filterable.

    Args:
        value: The expression, spelled as queries spell it: `JsonNumber("custom", "score")`.
        name: Name of the index, unique in the database.
        vendor: Of the connection it is made on: the databases place NULL differently.
        first: Columns before it, such as the team or the noun.
    """
    last: dict[str, Any] = {"nulls_last": True} if vendor == "postgresql" else {}
    return Index(*first, OrderBy(value, descending=True, **last), OrderBy(F("id"), descending=True), name=name)


def names_of(model: type[Model], beginning: str) -> set[str]:
    """Names of the indexes of a table that begin so."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {name for name in found if name.startswith(beginning)}


def make_index(model: type[Model], index: Index) -> None:
    """Make an index while the program runs: concurrently on PostgreSQL; SQLite holds its write lock for the time.

    Raises:
        DatabaseError: When it cannot be made; nothing of it is left.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.schema_editor(atomic=False) as editor:
            spelled = str(index.create_sql(model, editor))
            try:
                editor.execute(spelled.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1), params=None)
            except Exception:
                drop_index(index.name)  # one that failed on the way is left as invalid
                raise
        return
    editor = connection.SchemaEditorClass(connection)  # not entered: on SQLite that asks for more than an index needs
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(str(index.create_sql(model, editor)))


def drop_index(name: str) -> None:
    """Drop an index, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")


def analyse(model: type[Model]) -> None:
    """Let the planner know what the values of a table are like."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
