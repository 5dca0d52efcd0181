"""Letting go for good of what was deleted: databases keep the bytes of deleted rows until they need the room.

On SQLite deleted cells are overwritten, the full-text index is merged into one, the file is written anew and the
write-ahead log emptied. PostgreSQL writes the tables anew and forgets the samples of their values. Either takes about
as long as copying the tables, and nobody writes meanwhile: it is a job's work.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

TRIES = 20
"""How often the write-ahead log is emptied until no reader holds it back, a quarter of a second apart."""

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


def compact(tables: Iterable[str]) -> None:
    """Take the bytes of deleted rows out of the database's files. Call it outside any transaction.

    Args:
        tables: Those from which something was deleted; SQLite takes all of them anyway.
    """
    if connection.vendor == "postgresql":
        _rewrite(sorted(set(tables)))
    else:
        _vacuum()


def _rewrite(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")


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
