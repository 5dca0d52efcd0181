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

from coordina.config import archive, env, sending
from coordina.config.backup import postgres_tool
from coordina.config.cli import CommandFailed
from coordina.config.database import connection, is_postgres
from coordina.core.storing.kept import contradiction, note, store_of
from coordina.core.storing.stores import FilesAway, Store

OWN = ("coordina.sqlite3", "coordina.sqlite3-wal", "coordina.sqlite3-shm", "files", "secret.key")
DERIVED = ("migrated.json", "demo.txt")
FIRST = "erase-first"  # stands in the data folder until erasures since the backup were done again
HOLD = "hold-first"  # stands there until the database says that nothing leaves; `accounts.quarantine` knows the name
LIST = "erasures.jsonl"  # whom; no backup holds it and no restore replaces it
UNFINISHED = "restore-unfinished"  # stands in the data folder while parts are moved
UNREAD = "import-unfinished"  # stands in the data folder while an archive of everything is read


def refuse_unfinished(folder: Path) -> None:
    """Raise CommandFailed when a restore or an import of everything was cut off: a half database must not hide that."""
    if (folder / UNFINISHED).exists():
        raise CommandFailed(
            f"A restore into {folder} was cut off: run it again with --force. What was there before is kept in "
            f"{(folder / UNFINISHED).read_text().strip()}."
        )
    if (folder / UNREAD).exists():
        raise CommandFailed(
            f"Reading an archive of everything into {folder} was cut off: run import_everything again, or remove "
            f"{folder / UNREAD} together with database and files."
        )


def refuse_unerased(folder: Path) -> None:
    """Raise CommandFailed while a restored backup holds people who were erased since it was made."""
    if (folder / FIRST).exists():
        raise CommandFailed("The restored backup holds people who were erased since: ./run manage erase_again first.")


def refuse_unheld(folder: Path) -> None:
    """Raise CommandFailed while a restored backup does not know yet that nothing may leave."""
    if (folder / HOLD).exists():
        raise CommandFailed("The restored backup would send what waits in it: ./run manage hold_outgoing first.")


def refuse_elsewhere(folder: Path) -> None:
    """Raise CommandFailed when files are elsewhere than said; else note where they are from now on."""
    bucket = env.files()
    if wrong := contradiction(bucket, folder):
        raise CommandFailed(wrong)
    note(bucket, folder)


def command(arguments: list[str]) -> None:
    """Restore a backup. Raises CommandFailed, and then nothing has changed."""
    parser = argparse.ArgumentParser(prog="./run restore", description="Put a backup back.")
    parser.add_argument("file", type=Path, help="the archive to read")
    parser.add_argument("--data", help="folder to restore into (./data)")
    parser.add_argument("--force", action="store_true", help="replace the data that is there; it is kept aside")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["COORDINA_DATA"] = options.data
    try:
        manifest = restore(options.file, force=options.force)
    except FilesAway as fault:
        raise CommandFailed(f"{fault}: nothing was restored. See COORDINA_FILES.") from None
    print(
        f"Restored {len(manifest['members'])} files of {manifest['made_at']} into {env.data_dir()}. "
        "No mail and no call of another program leaves until an administrator lets them, under Settings › System."
    )


def restore(source: Path, *, force: bool = False) -> dict[str, Any]:
    """Replace the data folder and database named by the environment by an archive; give its manifest."""
    folder = env.data_dir()
    entry = env.database(folder)
    if not source.is_file():
        raise CommandFailed(f"There is no file {source}.")
    with alone(folder):
        for left in folder.glob(".restore-*"):  # by one that was killed
            shutil.rmtree(left)
        return _restore(source, folder, entry, force=force)


def _restore(source: Path, folder: Path, entry: dict[str, Any], *, force: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
        staged = Path(scratch) / "new"
        staged.mkdir(mode=0o700)
        if not force and _holds_data(folder, entry):
            raise CommandFailed(f"{folder} holds data already: add --force to replace it (it is kept aside).")
        if wrong := contradiction(env.files(), folder, empty=False):
            raise CommandFailed(wrong)
        manifest = archive.unpack(source, staged)
        kind = "postgresql" if is_postgres(entry) else "sqlite"
        if manifest["database"] != kind:
            raise CommandFailed(f"The archive is of {manifest['database']}, this set-up uses {kind}: see DATABASE_URL.")
        if kind == "sqlite":
            _check(staged / "database.sqlite3")
        bucket = env.files()
        store = store_of(bucket, folder)
        sent = sending.send(store, staged / "files") if bucket is not None else None
        if sent is not None:
            shutil.rmtree(staged / "files", ignore_errors=True)
        if kind == "sqlite":
            (staged / "database.sqlite3").rename(staged / "coordina.sqlite3")
        else:
            dump = staged / "database.pgdump"
            postgres_tool(
                "pg_restore", entry, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump)
            )
            dump.unlink()
        aside = _swap(folder, staged)
        note(bucket, folder)
        if sent is not None:
            _clear(store, sent, aside)
        return manifest


def _clear(store: Store, sent: set[str], aside: str) -> None:
    """Put aside what the bucket holds beside the backup; the restored system needs none of it, so it may fail."""
    try:
        count = sending.put_aside(store, sent, aside)
    except FilesAway as fault:
        print(f"{fault}: files that the backup does not hold stay where they are, until they are swept up.")
    else:
        if count:
            print(f"{count} files that the backup does not hold are kept below {aside} in the bucket.")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the data folder alone. Raises CommandFailed while a server uses it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandFailed(f"A server uses {folder}: stop it first.") from None
        yield


def _holds_data(folder: Path, entry: dict[str, Any]) -> bool:
    if any(True for _each in store_of(env.files(), folder).entries("files")):
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


def _swap(folder: Path, staged: Path) -> str:
    """Move what is there aside, into the folder that this names, and what was staged in: put back when one fails."""
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
    if (folder / LIST).exists():
        (folder / FIRST).touch()
    (folder / HOLD).touch()
    (folder / UNFINISHED).unlink()
    if not any(aside.iterdir()):
        shutil.rmtree(aside)
    return aside.name
