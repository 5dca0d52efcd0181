"""``backup FILE``: database and files of a company in one archive, while it is being used.

The database is copied first: whatever file it names was stored before, so the archive holds it.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coordina import __version__
from coordina.config import archive, env
from coordina.config.cli import CommandFailed
from coordina.config.database import connection, is_postgres


def command(arguments: list[str]) -> None:
    """Write a backup. Raises CommandFailed."""
    parser = argparse.ArgumentParser(prog="./run backup", description="Put database and files into one archive.")
    parser.add_argument("file", type=Path, help="the archive to write, .tar.gz")
    parser.add_argument("--data", help="folder of the company's database and files (./data)")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["COORDINA_DATA"] = options.data
    count = back_up(options.file)
    size = options.file.stat().st_size / 1024 / 1024
    print(
        f"Wrote {options.file} ({size:.1f} MB, {count} files beside the database). Keep it safe: it holds everything."
    )


def back_up(target: Path) -> int:
    """Write the archive of the data folder named by the environment; give the number of files in it."""
    folder = env.data_dir()
    entry = env.database(folder)
    if not is_postgres(entry) and not Path(entry["NAME"]).exists():
        raise CommandFailed(f"There is nothing to back up in {folder}.")
    if not target.parent.is_dir():
        raise CommandFailed(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(dir=folder if folder.is_dir() else None, prefix=".backup-") as scratch:
        name, copy = _copy_database(entry, Path(scratch))
        with archive.writing(target) as writer:
            writer.add(name, copy)
            if (folder / "secret.key").exists():
                writer.add("secret.key", folder / "secret.key")
            files = folder / "files"
            for path in sorted(files.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    writer.add(f"files/{path.relative_to(files).as_posix()}", path)
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
        source.backup(target, pages=4096)  # a consistent copy while others write
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
