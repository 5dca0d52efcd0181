"""The next id of each table: ids that were given once are not given again, in whichever database."""

from typing import Any

from django.db import connections, models

from coordina.transfer.tables import every_model


def numbered() -> list[type[models.Model]]:
    """The tables whose ids the database gives."""
    return [model for model, _said in every_model() if isinstance(model._meta.pk, models.AutoField)]


def next_ids(using: str) -> dict[str, int]:
    """The next id of each table, by label."""
    connection = connections[using]
    with connection.cursor() as cursor:
        return {model._meta.label: _next(cursor, connection.vendor, model) for model in numbered()}


def _place(model: type[models.Model]) -> tuple[str, str]:
    """Table and column of a model's ids."""
    key = model._meta.pk
    assert key is not None  # every model that is not abstract has one
    return model._meta.db_table, str(key.column)


def _next(cursor: Any, vendor: str, model: type[models.Model]) -> int:
    table, column = _place(model)
    if vendor == "postgresql":
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
        cursor.execute(" ".join(["SELECT last_value, is_called FROM", cursor.fetchone()[0]]))
        last, called = cursor.fetchone()
        return int(last) + called
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    found = cursor.fetchone()
    return int(found[0]) + 1 if found else 1


def go_on_from(wanted: dict[str, int], using: str) -> None:
    """Let each table give ids from these on; one that stands further already stays there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in numbered():
            following = wanted.get(model._meta.label, 1)
            if following > _next(cursor, connection.vendor, model):
                _set(cursor, connection.vendor, model, following)


def _set(cursor: Any, vendor: str, model: type[models.Model], following: int) -> None:
    table, column = _place(model)
    if vendor == "postgresql":
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [f'"{table}"', column, following])
        return
    cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [following - 1, table])
    if not cursor.rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, following - 1])
