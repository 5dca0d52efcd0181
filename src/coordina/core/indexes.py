"""The index under a sorted list."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement
from django.db.models import Index, Model


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
