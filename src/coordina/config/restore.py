"""``restore FILE``: put an archive made by ``backup`` back, all of it or nothing.

Everything is unpacked and checked beside the present data first; then the server must be stopped, and the present data
steps aside into ``before-restore-…`` in the same folder, where it stays until somebody removes it.
"""

import argparse
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coordina.config import archive, env
from coordina.config.backup import postgres_tool
from coordina.config.cli import CommandFailed
from coordina.config.database import connection, is_postgres

OWN = ("coordina.sqlite3", "coordina.sqlite3-wal", "coordina.sqlite3-shm", "files", "secret.key")
DERIVED = ("migrated.json", "demo.txt")
UNFINISHED = "restore-unfinished"  # stands in the data folder while parts are moved


def refuse_unfinished(folder: Path) -> None:
    """Raise CommandFailed when a restore was cut off between two moves: a new, empty database must not hide that."""
    if (folder / UNFINISHED).exists():
        raise CommandFailed(
            f"A restore into {folder} was cut off: run it again with --force. What was there before is kept in "
            f"{(folder / UNFINISHED).read_text().strip()}."
        )


def command(arguments: list[str]) -> None:
    """Restore a backup. Raises CommandFailed, and then nothing has changed."""
    parser = argparse.ArgumentParser(prog="./run restore", description="Put a backup back.")
    parser.add_argument("file", type=Path, help="the archive to read")
    parser.add_argument("--data", help="folder to restore into (./data)")
    parser.add_argument("--force", action="store_true", help="replace the data that is there; it is kept aside")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["COORDINA_DATA"] = options.data
    manifest = restore(options.file, force=options.force)
    print(f"Restored {len(manifest['members'])} files of {manifest['made_at']} into {env.data_dir()}.")


def restore(source: Path, *, force: bool = False) -> dict[str, Any]:
    """Replace the data folder and database named by the environment by an archive; give its manifest."""
    folder = env.data_dir()
    entry = env.database(folder)
    if not source.is_file():
        raise CommandFailed(f"There is no file {source}.")
    with _alone(folder):
        for left in folder.glob(".restore-*"):  # by one that was killed
            shutil.rmtree(left)
        return _restore(source, folder, entry, force=force)


def _restore(source: Path, folder: Path, entry: dict[str, Any], *, force: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
        staged = Path(scratch) / "new"
        staged.mkdir(mode=0o700)
        if not force and _holds_data(folder, entry):
            raise CommandFailed(f"{folder} holds data already: add --force to replace it (it is kept aside).")
        manifest = archive.unpack(source, staged)
        kind = "postgresql" if is_postgres(entry) else "sqlite"
        if manifest["database"] != kind:
            raise CommandFailed(f"The archive is of {manifest['database']}, this set-up uses {kind}: see DATABASE_URL.")
        if kind == "sqlite":
            _check(staged / "database.sqlite3")
            (staged / "database.sqlite3").rename(staged / "coordina.sqlite3")
        else:
            dump = staged / "database.pgdump"
            postgres_tool(
                "pg_restore", entry, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump)
            )
            dump.unlink()
        _swap(folder, staged)
        return manifest


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the data folder alone. Raises CommandFailed while a server uses it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandFailed(f"A server uses {folder}: stop it first.") from None
        yield


def _holds_data(folder: Path, entry: dict[str, Any]) -> bool:
    files = folder / "files"
    if files.is_dir() and any(files.iterdir()):
        return True
    if not is_postgres(entry):
        return Path(entry["NAME"]).exists()
    with connection(entry) as opened:
        cursor = opened.cursor()
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema())")
        return bool(cursor.fetchone()[0])


def _check(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as opened:
            answer = opened.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        answer = str(fault)
    if answer != "ok":
        raise CommandFailed(f"The database in the archive is damaged ({answer}): nothing was restored.")


def _swap(folder: Path, staged: Path) -> None:
    """Move what is there aside and what was staged in: renames only, put back when one fails."""
    aside = folder / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    aside.mkdir(mode=0o700)
    (folder / UNFINISHED).write_text(aside.name)
    moved: list[tuple[Path, Path]] = []
    try:
        for name in OWN:
            if (folder / name).exists() and (name != "secret.key" or (staged / name).exists()):
                moved.append((folder / name, aside / name))
                (folder / name).rename(aside / name)
        for path in sorted(staged.iterdir()):
            moved.append((path, folder / path.name))
            path.rename(folder / path.name)
    except OSError:
        for origin, place in reversed(moved):
            if place.exists():
                place.rename(origin)
        (folder / UNFINISHED).unlink()
        raise
    for name in DERIVED:
        (folder / name).unlink(missing_ok=True)
    (folder / UNFINISHED).unlink()
    if not any(aside.iterdir()):
        shutil.rmtree(aside)
