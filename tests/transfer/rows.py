"""A row in every table that goes along, with values that are hard to carry, and what stands in all of them."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from coordina.core.changes import unrecorded
from coordina.ledger.entries import pack
from coordina.stock.enums import Place
from coordina.transfer.tables import Table, tables

HARD = "Ñandú «ú»\t\"'\\ \u2028 =1+1 漢字 😀\r\nsegunda línea"
NESTED = {"z": 1, "a": {"ü": [1, 2.5, None, True], "b": HARD}, "m": "2026-01-01", "": []}
PACKED = pack([[7, "c", {"name": HARD}], [14, "u", {}]])
MUST: dict[str, dict[str, Callable[[int], Any]]] = {
    "ledger.Batch": {"model": lambda number: "customers.Company", "data": lambda number: PACKED},
    "stock.Location": {"kind": lambda number: Place.INSIDE},
    "orders.OrderLine": {name: lambda number: Decimal(number) for name in ("shipped", "delivered", "returned")}
    | {"cancelled": lambda number: Decimal(number), "discount": lambda number: Decimal(number)},
    "stock.StockMove": {"target": lambda number: (3 - number) * 7},
}
"""Columns that cannot hold just anything, by table."""
MOMENT = dt.datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=dt.UTC)


def fill(count: int = 2) -> None:
    """Write rows into every table, in the order in which they refer to each other."""
    wanted = {table.model: table for table in tables()}
    with transaction.atomic(), unrecorded("generated rows"):
        for number in range(1, count + 1):
            for table in wanted.values():
                _write(table, number)
        connection.check_constraints()


def _write(table: Table, number: int) -> None:
    values = {c.name: _value(table, c.field, number) for c in table.columns}
    row = table.model(**values)
    models.Model.save_base(row, raw=True, force_insert=True)


def _value(table: Table, column: Any, number: int) -> Any:
    if column.name in (must := MUST.get(table.label, {})):
        return must[column.name](number)
    if column.name in table.said.settled:
        return next(iter(table.said.settled[column.name].values()))
    if column.name in table.said.but:
        return not table.said.but[column.name]
    if column.primary_key and not column.is_relation:
        return f"key{number}" if isinstance(column, models.CharField) else number * 7
    if column.is_relation:
        far = column.related_model
        return number * 7 if _carried(far) else None
    if column.choices:
        return column.flatchoices[number % len(column.flatchoices)][0]
    return _plain(column, number)


def _carried(model: Any) -> bool:
    return model in {table.model for table in tables()}


def _plain(column: Any, number: int) -> Any:
    if isinstance(column, models.JSONField):
        return {**NESTED, "n": number}
    if isinstance(column, models.BinaryField):
        return bytes(range(256)) * number
    if isinstance(column, models.BooleanField):
        return number % 2 == 0
    if isinstance(column, models.DateTimeField):
        return MOMENT + dt.timedelta(days=number)
    if isinstance(column, models.DateField):
        return dt.date(2026, 2, 27) + dt.timedelta(days=number)
    if isinstance(column, models.DecimalField):
        return Decimal(number).scaleb(-column.decimal_places) + min(
            1234, 10 ** (column.max_digits - column.decimal_places - 1)
        )
    if isinstance(column, models.FloatField):
        return 0.1 * number
    if isinstance(column, models.IntegerField):
        return number * 11
    return f"{number}{HARD}"[: column.max_length or None]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that goes along, column by column, as Python reads it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in tables():
        names = [column.attname for column in table.model._meta.concrete_fields]
        rows = table.model._base_manager.order_by("pk").values(*names)
        found[table.label] = [{name: _comparable(value) for name, value in row.items()} for row in rows]
    return found


def _comparable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def empty() -> None:
    """Take everything out of the database again, ids begin anew."""
    from django.core.management import call_command

    with unrecorded("tests empty the database"):
        call_command("flush", interactive=False, verbosity=0)
    assert not apps.get_model("accounts.User")._base_manager.exists()
