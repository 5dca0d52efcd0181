"""The net below the ORM: SQL that writes a record table without an entry is refused."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps

from coordina.core import changes
from coordina.core.records import Record
from coordina.core.refusals import NotRecorded

_WRITE = re.compile(
    r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+"?([a-z_0-9]+)"?', re.I
)


@cache
def is_record_table(table: str) -> bool:
    """Whether a table holds records."""
    return any(issubclass(m, Record) and m._meta.db_table == table for m in apps.get_models())


def sql_guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Refuse any SQL write on a record table that no recorded write has armed.

    Raises:
        NotRecorded: Always a bug.
    """
    if isinstance(sql, str) and sql[:6].upper() != "SELECT":
        found = _WRITE.match(sql)
        if found and is_record_table(found.group(1)):
            journal = changes.current()
            if journal is None or not journal.armed:
                raise NotRecorded(f"unrecorded write: {sql[:80]}")
    return execute(sql, params, many, context)


def install(connection: Any, **_: Any) -> None:
    """Put the net under a new database connection."""
    if sql_guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(sql_guard)
