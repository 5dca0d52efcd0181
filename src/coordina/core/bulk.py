"""Writing many loaded rows at once, each checked against its version."""

from typing import TYPE_CHECKING, Any

from django.db import connections, models, transaction

from coordina.core import changes
from coordina.core.changes import Entry, Values
from coordina.core.images import encode
from coordina.core.refusals import Conflict, NotRecorded

if TYPE_CHECKING:
    from coordina.core.records import Record

STATEMENT = 1000
"""Rows that one UPDATE … FROM (VALUES …) carries on PostgreSQL."""


def bulk_save(model: "type[Record]", objs: list[Any], names: list[str], using: str = "default") -> int:
    """Update many loaded rows with `WHERE id = ? AND version = ?`.

    Two to five times Django's `bulk_update`, and it checks versions, which that cannot.

    Args:
        model: The record class of all of them.
        objs: Rows loaded inside the open change set.
        names: Fields that may differ.

    Returns:
        How many rows differed and were written.

    Raises:
        Conflict: When a row changed since it was read.
    """
    journal = changes.required(model)
    if any(o._before is None for o in objs):
        raise NotRecorded("bulk_save: load the rows inside the change set")
    columns: list[Any] = [model._meta.get_field(n) for n in names]
    changed: list[tuple[Any, Values]] = []
    for obj in objs:
        obj.settle()
        new = {c.attname: encode(obj.__dict__[c.attname]) for c in columns}
        delta = {k: v for k, v in new.items() if obj._before.get(k) != v}
        if delta:
            changed.append((obj, delta))
    if not changed:
        return 0
    with transaction.atomic(using=using, savepoint=False):
        with changes.arm():
            wrote = write_rows(using, model, columns, [o for o, _ in changed], journal.at)
        if wrote != len(changed):
            raise Conflict
        with journal.many():
            for obj, delta in changed:
                old = obj.version
                before = {k: obj._before.get(k) for k in delta} | {"version": old}
                journal.note(Entry(model._meta.label, obj.pk, "u", before, delta | {"version": old + 1}))
                obj.version, obj.changed_at = old + 1, journal.at
                obj._before = obj._before | delta | {"version": old + 1}
    return len(changed)


def write_rows(using: str, model: type[models.Model], columns: list[Any], objs: list[Any], at: Any) -> int:
    """The UPDATE itself: executemany on SQLite, one statement for many rows on PostgreSQL.

    Args:
        using: Alias of the database; a transaction is open.
        model: The record class of all of them.
        columns: What is written besides `changed_at` and `version`.
        objs: Rows with their new values and the version they were read with.
        at: Time of the change set.

    Returns:
        How many rows were there still in that version.
    """
    connection = connections[using]
    quote = connection.ops.quote_name
    columns = [*columns, model._meta.get_field("changed_at")]
    rows = [
        [
            *(c.get_db_prep_save(at if c.name == "changed_at" else o.__dict__[c.attname], connection) for c in columns),
            o.version + 1,
            o.pk,
            o.version,
        ]
        for o in objs
    ]
    table, wrote = quote(model._meta.db_table), 0
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or len(rows) == 1:
            assign = ", ".join(f"{quote(c.column)}=%s" for c in columns)
            cursor.executemany(f"UPDATE {table} SET {assign}, version=%s WHERE id=%s AND version=%s", rows)
            return int(cursor.rowcount)
        casts = [f"%s::{c.cast_db_type(connection)}" for c in columns] + ["%s::int", "%s::bigint", "%s::int"]
        named = ", ".join([quote(c.column) for c in columns] + ["v_new", "v_id", "v_old"])
        assign = ", ".join(f"{quote(c.column)}=v.{quote(c.column)}" for c in columns)
        for start in range(0, len(rows), STATEMENT):
            part = rows[start : start + STATEMENT]
            values = ", ".join([f"({', '.join(casts)})"] * len(part))
            cursor.execute(
                f"UPDATE {table} SET {assign}, version=v.v_new FROM (VALUES {values}) v({named})"
                f" WHERE {table}.id=v.v_id AND {table}.version=v.v_old",
                [value for row in part for value in row],
            )
            wrote += cursor.rowcount
    return wrote
