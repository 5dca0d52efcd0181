"""The database as it is at one moment, read through a connection of its own while everybody else goes on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

ALIAS = "snapshot"


@contextmanager
def snapshot() -> Iterator[str]:
    """Give the alias of a connection that reads one moment of the database and cannot write."""
    taken = connections[DEFAULT_DB_ALIAS].copy(ALIAS)
    taken.settings_dict["OPTIONS"] = {k: v for k, v in taken.settings_dict["OPTIONS"].items() if k != "pool"}
    if taken.vendor == "sqlite":
        taken.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"  # it must not take the only right to write
    connections[ALIAS] = taken
    try:
        with transaction.atomic(using=ALIAS):
            with taken.cursor() as cursor:
                if taken.vendor == "postgresql":
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                else:
                    cursor.execute("PRAGMA query_only = ON")
                    cursor.execute("SELECT count(*) FROM django_migrations")  # from here on the moment stands
            yield ALIAS
    finally:
        taken.close()
        del connections[ALIAS]
