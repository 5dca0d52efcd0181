"""Letting go for good of what was deleted: databases keep the bytes of deleted rows until they need the room.

On SQLite deleted cells are overwritten, the full-text index is merged into one, the file is written anew and the
write-ahead log emptied. PostgreSQL writes the tables anew, and the catalogue that keeps samples of their values, once
nobody can read the deleted rows any more. Either takes about as long as copying the tables, and nobody writes
meanwhile: it is a job's work.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import InternalError, connection

TRIES = 20
"""How often the write-ahead log is emptied until no reader holds it back, a quarter of a second apart."""
READERS = 240
"""How often one looks, a quarter of a second apart, whether somebody still reads what PostgreSQL deleted."""

INDEXES: list[str] = []
"""Statements of rooms by which their full-text indexes on SQLite are merged: deleted words stand in old parts."""


@contextmanager
def shredding() -> Iterator[None]:
    """Overwrite on SQLite what is deleted meanwhile; PostgreSQL does it when it writes its tables anew."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA secure_delete").fetchone()[0]
        cursor.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA secure_delete = {int(before)}")


class StillRead(Exception):
    """Somebody has been reading for a minute what was deleted before they began: it cannot go yet."""


def compact(tables: Iterable[str]) -> None:
    """Take the bytes of deleted rows out of the database's files. Call it outside any transaction.

    Args:
        tables: Those from which something was deleted; SQLite takes all of them anyway.

    Raises:
        StillRead: On PostgreSQL, when a transaction from before goes on; its snapshot keeps the rows. Try again later.
    """
    if connection.vendor == "postgresql":
        _rewrite(sorted(set(tables)))
    else:
        _vacuum()


def _rewrite(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        _outlast_readers(cursor)
        for table in tables:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
            _forget_samples(cursor, connection.ops.quote_name(table))
        _outlast_readers(cursor)  # ANALYZE replaced the samples: the ones from before are deleted rows, too
        _rewrite_samples(cursor)


def _rewrite_samples(cursor: Any) -> None:
    """Write the catalogue of samples anew; a row that has just died holds it up, for its long values are gone."""
    for _try in range(READERS):
        try:
            cursor.execute("VACUUM FULL pg_statistic")
        except InternalError:
            time.sleep(0.25)
        else:
            return
    raise StillRead


def _forget_samples(cursor: Any, table: str) -> None:
    """Drop the samples of a table that is empty now: ANALYZE leaves those alone, a new type of a column does not."""
    cursor.execute(
        "SELECT quote_ident(attname), format_type(atttypid, atttypmod), collname FROM pg_attribute a"
        " JOIN pg_class r ON r.oid = attrelid JOIN pg_type t ON t.oid = atttypid"
        " LEFT JOIN pg_collation c ON c.oid = nullif(attcollation, typcollation)"
        " WHERE r.oid = %s::regclass AND reltuples = 0 AND attnum > 0 AND NOT attisdropped"
        " AND typcategory NOT IN ('N', 'B')",
        [table],
    )
    anew = [
        f"ALTER COLUMN {name} TYPE {kind}" + (f' COLLATE "{order}"' if order else "")
        for name, kind, order in cursor.fetchall()
    ]
    if anew:
        cursor.execute(f"ALTER TABLE {table} {', '.join(anew)}")


def _outlast_readers(cursor: Any) -> None:
    """Wait until no session of this database has a snapshot from before now: such rows would be copied, too."""
    cursor.execute("SELECT pg_current_xact_id()::xid::text")
    now = cursor.fetchone()[0]
    for _try in range(READERS):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND age(backend_xmin) > age(%s::xid)",
            [now],
        )
        if not cursor.fetchone()[0]:
            return
        time.sleep(0.25)
    raise StillRead


def _vacuum() -> None:
    with connection.cursor() as cursor:
        for statement in INDEXES:
            cursor.execute(statement)
        cursor.execute("VACUUM")
        for _try in range(TRIES):
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(0.25)
