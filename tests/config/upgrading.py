"""Run in a process of its own: an older database, filled, brought up to date; `python -m tests.config.upgrading STEP`.

- `old`: migrate, fill every table, go back to the first migrations.
- `straight`: bring it up to date.
- `killed`: the same, but a process that runs a migration is killed in the middle of each, before it is run again.
- `told`: print form and rows of every table.
"""

import datetime as dt
import json
import os
import signal
import sys
from typing import Any

import django
from django.conf import settings

settings.DATABASES["default"]["OPTIONS"].pop("pool", None)  # a forked process makes connections of its own
django.setup()

from django.core.management import call_command  # noqa: E402 (Django is set up first)
from django.db import connection, connections  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.migration import Migration  # noqa: E402
from django.utils import timezone  # noqa: E402

from coordina.core.changes import unrecorded  # noqa: E402

NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
FIRST = 2
"""Migrations of a room that an older version had, at most."""


def old() -> None:
    """Make the older database. What later versions added goes; what was there stays filled."""
    from tests.transfer.rows import fill

    call_command("migrate", verbosity=0)
    fill(3)
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _back in executor.migration_plan(_leaves(executor), clean_start=True)]
    kept: set[tuple[str, str]] = set()
    for each in plan:
        early = sum(app == each.app_label for app, _name in kept) < FIRST
        if early and all(tuple(needed.key) in kept for needed in executor.loader.graph.node_map[_key(each)].parents):
            kept.add(_key(each))
    later = [(each, True) for each in reversed(plan) if _key(each) not in kept]
    with unrecorded("an older database is made"):
        executor.migrate(None, plan=later)


def _key(migration: Migration) -> tuple[str, str]:
    return migration.app_label, migration.name


def _leaves(executor: MigrationExecutor) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = executor.loader.graph.leaf_nodes()
    return found


def straight() -> None:
    """Bring it up to date as `serve` does."""
    call_command("migrate", verbosity=0)


def killed() -> None:
    """Bring it up to date with a process that is killed in each migration."""
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _back in executor.migration_plan(_leaves(executor))]
    sys.stdout.write(f"{len(plan)}\n")
    for migration in plan:
        assert _in_a_process(migration, kill=True) == signal.SIGKILL
        assert _key(migration) not in MigrationExecutor(connection).loader.applied_migrations
        assert _in_a_process(migration, kill=False) == 0
    straight()


def _in_a_process(migration: Migration, *, kill: bool) -> int:
    """Run one migration in a process of its own; give the signal that ended it, 0 for none."""
    taken = _sequences()
    connections.close_all()
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        _give_back(taken if kill else [])
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = 1
    try:
        executor = MigrationExecutor(connection)
        same = executor.loader.get_migration(migration.app_label, migration.name)
        if kill:
            _kill_in(same)
        executor.migrate([_key(migration)])
        code = 0
    finally:
        os._exit(code)


def _sequences() -> list[tuple[str, int | None]]:
    """Which numbers PostgreSQL has given; SQLite gives those of a transaction that was rolled back again."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = current_schema()"
        )
        return list(cursor.fetchall())


def _give_back(taken: list[tuple[str, int | None]]) -> None:
    """Let numbers that a killed process took be given again, so that rows can be compared by them."""
    with connection.cursor() as cursor:
        for name, last in taken:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, last or 1, last is not None])


def _kill_in(migration: Migration) -> None:
    """Let the process end at once after half of the operations are done, at least one."""
    last = migration.operations[(len(migration.operations) + 1) // 2 - 1]
    forwards = last.database_forwards

    def then_die(*given: Any) -> None:
        forwards(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    last.database_forwards = then_die  # type: ignore[method-assign]  # for this process alone


def told() -> None:
    """Print form and rows of every table, in an order of their own."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            held = {k: _plain(v) for k, v in connection.introspection.get_constraints(cursor, table).items()}
            shown = [
                name
                for name in columns
                if (table, name) not in {("django_migrations", "applied"), ("django_migrations", "id")}
            ]
            cursor.execute(
                f"SELECT {', '.join(map(connection.ops.quote_name, shown))} FROM {connection.ops.quote_name(table)}"
            )
            rows = sorted(
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall()
            )
            found[table] = {"columns": columns, "constraints": held, "rows": rows}
    sys.stdout.write(json.dumps(found, sort_keys=True))


def _plain(constraint: dict[str, Any]) -> Any:
    return {key: value for key, value in constraint.items() if key not in ("definition",)}


timezone.now = lambda: NOW
{"old": old, "straight": straight, "killed": killed, "told": told}[sys.argv[1]]()
