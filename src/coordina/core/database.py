"""The database itself: whether it answers, which it is, how large."""

import sqlite3
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection

KEPT = 300
"""Statements that one PostgreSQL connection keeps planned."""
_DJANGO_ONLY = frozenset({"cursor_factory", "context", "prepare_threshold"})


def answers(patience: int) -> bool:
    """Whether the database answers within some seconds. Never raises."""
    try:
        if connection.vendor == "postgresql":
            _knock(patience)  # the pool would wait for half a minute
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone()[0])
    except Exception:  # a driver below Django raises its own
        with suppress(DatabaseError):
            connection.close()
        return False


def _knock(patience: int) -> None:
    """Open and close a PostgreSQL connection beside the pool. Raises psycopg.Error."""
    import psycopg

    params: dict[str, Any] = {k: v for k, v in connection.get_connection_params().items() if k not in _DJANGO_ONLY}
    psycopg.connect(**params | {"connect_timeout": patience}).close()


def keeping_cursor() -> Any:
    """A cursor for statements that are asked again and again, whose best plan is the same whatever their values.

    PostgreSQL plans them once a connection: values go beside them, not in them. SQLite keeps all statements anyway.
    With `prepare_threshold=0` in DATABASE_URL, as some poolers need it, statements are planned each time.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    from psycopg import Cursor  # only where it is used: with SQLite alone nothing else imports the driver

    own: Any = connection
    own.ensure_connection()
    own.connection.prepared_max = KEPT
    return own._prepare_cursor(Cursor(own.connection))


def oldest_write() -> datetime | None:
    """When the oldest transaction began that others have open; None where there is none.

    On SQLite there can be none beside one's own: whoever asks inside a transaction holds the only right to write.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid() AND xact_start IS NOT NULL AND state <> 'idle'"
        )
        found: datetime | None = cursor.fetchone()[0]
        return found


def version_and_size() -> tuple[str, int]:
    """Kind with version, such as `SQLite 3.46.1`, and size in bytes. Raises DatabaseError."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            version, size = cursor.fetchone()
            return f"PostgreSQL {str(version).partition(' ')[0]}", int(size)
        cursor.execute("SELECT (SELECT page_count FROM pragma_page_count) * page_size FROM pragma_page_size")
        return f"SQLite {sqlite3.sqlite_version}", int(cursor.fetchone()[0])
