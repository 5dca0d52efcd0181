"""The database from outside Django: does it answer, and has every migration run?"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coordina.config.cli import CommandFailed
from coordina.config.env import database, words

PACKAGE = Path(__file__).resolve().parent.parent
APPLIED = "SELECT count(*), max(id) FROM django_migrations"


def is_postgres(entry: dict[str, Any]) -> bool:
    """Tell whether an entry of ``DATABASES`` means PostgreSQL."""
    return bool(entry["ENGINE"].endswith("postgresql"))


@contextmanager
def connection(entry: dict[str, Any]) -> Iterator[Any]:
    """Give a plain connection for reading. Raises CommandFailed when PostgreSQL does not answer."""
    if not is_postgres(entry):
        with closing(sqlite3.connect(f"file:{entry['NAME']}?mode=ro", uri=True, timeout=20)) as file:
            yield file
        return
    import psycopg

    options = {key: value for key, value in entry["OPTIONS"].items() if key != "pool"}
    try:
        opened = psycopg.connect(
            dbname=entry["NAME"],
            user=entry["USER"] or None,
            password=entry["PASSWORD"] or None,
            host=entry["HOST"] or None,
            port=entry["PORT"] or None,
            connect_timeout=5,
            **options,
        )
    except psycopg.Error as fault:
        where = f"{entry['HOST'] or 'localhost'}:{entry['PORT'] or 5432}/{entry['NAME']}"
        raise CommandFailed(f"PostgreSQL at {where} does not answer: {str(fault).splitlines()[0]}") from None
    with closing(opened):
        yield opened


def _applied(entry: dict[str, Any]) -> list[int | None]:
    """Give count and last number of the migrations that the database has seen, [0, None] for a new one."""
    if not is_postgres(entry) and not Path(entry["NAME"]).exists():
        return [0, None]
    with connection(entry) as opened:
        cursor = opened.cursor()
        if is_postgres(entry):
            cursor.execute("SELECT to_regclass('django_migrations')")
            if cursor.fetchone()[0] is None:
                return [0, None]
        with suppress(sqlite3.DatabaseError):
            cursor.execute(APPLIED)
            return list(cursor.fetchone())
    return [0, None]


def _migrations() -> Iterator[Path]:
    """Give the migrations of all rooms, also of those that people brought themselves."""
    yield from PACKAGE.glob("*/migrations/*.py")
    for room in words("COORDINA_ROOMS"):
        spec = find_spec(room)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield from Path(place).glob("migrations/*.py")


class Migrated:
    """A stamp in the data folder that says which migrations this very database has seen; spares asking Django."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "migrated.json"
        self.entry = database(folder)

    def _facts(self) -> dict[str, Any]:
        total = hashlib.sha256()
        for path in sorted(_migrations()):
            total.update(f"{path.parent.parent.name}/{path.name}".encode() + path.read_bytes())
        identity = hashlib.sha256(json.dumps(self.entry, default=str, sort_keys=True).encode()).hexdigest()
        return {"migrations": total.hexdigest(), "database": identity, "applied": _applied(self.entry)}

    def is_current(self) -> bool:
        """Tell whether nothing has to be migrated. Raises CommandFailed when the database does not answer."""
        try:
            facts = self._facts()
            return facts["applied"] != [0, None] and json.loads(self.path.read_text()) == facts
        except (OSError, ValueError):
            return False

    def record(self) -> None:
        """Say that everything has been migrated."""
        self.path.write_text(json.dumps(self._facts()))
