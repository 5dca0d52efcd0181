"""The index under a sorted list."""

from typing import Any

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
