"""``backup FILE``: database and files of a company in one archive, while it is being used.

The database is copied first: whatever file it names was stored before, so the archive holds it.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coordina import __version__
from coordina.config import archive, env
from coordina.config.cli import CommandFailed
from coordina.config.database import connection, is_postgres
from coordina.core.storing.kept import contradiction, store_of
from coordina.core.storing.stores import FilesAway

LAST = "last-backup.json"
FILES = "files"
"""The area of files that goes along."""


def command(arguments: list[str]) -> None:
    """Write a backup. Raises CommandFailed."""
    parser = argparse.ArgumentParser(prog="./run backup", description="Put database and files into one archive.")
    parser.add_argument("file", type=Path, help="the archive to write, .tar.gz")
    parser.add_argument("--data", help="folder of the company's database and files (./data)")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["COORDINA_DATA"] = options.data
    try:
        count = back_up(options.file)
    except FilesAway as fault:
        raise CommandFailed(f"{fault}: nothing was written. See COORDINA_FILES.") from None
    _remember(options.file)
    size = options.file.stat().st_size / 1024 / 1024
    print(
        f"Wrote {options.file} ({size:.1f} MB, {count} files beside the database). Keep it safe: it holds everything."
    )


def _remember(target: Path) -> None:
    """Leave a note beside the data, for the page that asks when the last backup was made."""
    note = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "bytes": target.stat().st_size}
    (env.data_dir() / LAST).write_text(json.dumps(note))


def back_up(target: Path) -> int:
    """Write the archive of the data folder named by the environment; give the number of files in it."""
    folder = env.data_dir()
    entry = env.database(folder)
    store = store_of(env.files(), folder)
    if not is_postgres(entry) and not Path(entry["NAME"]).exists():
        raise CommandFailed(f"There is nothing to back up in {folder}.")
    if wrong := contradiction(env.files(), folder):
        raise CommandFailed(wrong)
    if not target.parent.is_dir():
        raise CommandFailed(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(dir=folder if folder.is_dir() else None, prefix=".backup-") as scratch:
        name, copy = _copy_database(entry, Path(scratch))
        with archive.writing(target) as writer:
            writer.add(name, copy)
            if (folder / "secret.key").exists():
                writer.add("secret.key", folder / "secret.key")
            for each in sorted(store.entries(FILES), key=lambda entry: entry.name):
                with suppress(FileNotFoundError), store.open(FILES, each.name) as file:  # erased since it was listed
                    writer.add_stream(f"{FILES}/{each.name}", file, each.size, int(each.written_at.timestamp()))
            kind = "postgresql" if is_postgres(entry) else "sqlite"
            made = datetime.now(UTC).isoformat(timespec="seconds")
            writer.finish({"coordina": __version__, "made_at": made, "database": kind})
            return sum(name.startswith("files/") for name in writer.members)


def _copy_database(entry: dict[str, Any], scratch: Path) -> tuple[str, Path]:
    if is_postgres(entry):
        copy = scratch / "database.pgdump"
        postgres_tool("pg_dump", entry, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
        return copy.name, copy
    copy = scratch / "database.sqlite3"
    with connection(entry) as source, closing(sqlite3.connect(copy)) as target:
        # All pages in one step: in parts it would begin anew whenever somebody writes, and under load never end.
        # Who writes meanwhile does not wait: the copy reads a snapshot of the write-ahead log.
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")
    return copy.name, copy


def postgres_tool(program: str, entry: dict[str, Any], *arguments: str) -> None:
    """Run pg_dump or pg_restore on the database of an entry. Raises CommandFailed, with what the program said."""
    if not shutil.which(program):
        raise CommandFailed(f"{program} is missing: apt-get install postgresql-client.")
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}  # kept out of `ps`
    environment = {**os.environ, **{name: entry[key] for name, key in where.items() if entry[key]}}
    if mode := entry["OPTIONS"].get("sslmode"):
        environment["PGSSLMODE"] = mode
    done = subprocess.run(
        [program, f"--dbname={entry['NAME']}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandFailed(f"{program} failed: {done.stderr.strip()[-500:]}")
