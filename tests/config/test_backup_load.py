"""A backup that is made while people work is whole, ends, and comes back on a bare machine by one command."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from coordina.config.backup import back_up
from coordina.config.restore import restore

ROWS = 6000
WIDE = "x" * 5000
"""Together 30 MB: more than one part of a copy that would be made in parts."""


@contextmanager
def moving(move: Callable[[int, int], object]) -> Iterator[list[int]]:
    """Move amounts between accounts all the time, whose sum stays; gives how many were moved."""
    over, moved = threading.Event(), [0]

    def work() -> None:
        draw = random.Random(7)
        while not over.wait(0.002):
            move(draw.randrange(ROWS), draw.randrange(ROWS))
            moved[0] += 1

    hand = threading.Thread(target=work)
    hand.start()
    try:
        yield moved
    finally:
        over.set()
        hand.join(30)


def test_of_sqlite_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "company"
    (folder / "files").mkdir(parents=True)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COORDINA_DATA", str(folder))
    path = folder / "coordina.sqlite3"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE account (id integer PRIMARY KEY, amount integer, wide text)")
        opened.executemany("INSERT INTO account VALUES (?, 100, ?)", ((n, WIDE) for n in range(ROWS)))
        opened.commit()
    writer = sqlite3.connect(path, timeout=20, check_same_thread=False)

    def move(one: int, other: int) -> None:
        with writer:
            writer.execute("UPDATE account SET amount = amount - 1 WHERE id = ?", (one,))
            writer.execute("UPDATE account SET amount = amount + 1 WHERE id = ?", (other,))

    with moving(move) as moved:
        while moved[0] < 3:
            threading.Event().wait(0.01)
        before = moved[0]
        back_up(tmp_path / "b.tar.gz")
        assert moved[0] > before, "who writes does not wait for a backup"
    writer.close()
    restore(tmp_path / "b.tar.gz", force=True)
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert opened.execute("SELECT count(*), sum(amount) FROM account").fetchone() == (ROWS, ROWS * 100)


def test_of_postgresql_under_load(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("COORDINA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", postgres)
    with psycopg.connect(postgres, autocommit=True) as writer:
        writer.execute("CREATE TABLE account (id integer PRIMARY KEY, amount integer)")
        writer.execute("INSERT INTO account SELECT n, 100 FROM generate_series(0, 5999) n")

        def move(one: int, other: int) -> None:
            with writer.transaction():
                writer.execute("UPDATE account SET amount = amount - 1 WHERE id = %s", (one,))
                writer.execute("UPDATE account SET amount = amount + 1 WHERE id = %s", (other,))

        with moving(move):
            back_up(tmp_path / "b.tar.gz")
        restore(tmp_path / "b.tar.gz", force=True)
        row = writer.execute("SELECT count(*), sum(amount) FROM account").fetchone()
    assert row == (ROWS, ROWS * 100)


def test_a_file_that_goes_while_the_backup_runs_does_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "company"
    (folder / "files").mkdir(parents=True)
    for name in ("a", "b"):
        (folder / "files" / name).write_text(name)
    sqlite3.connect(folder / "coordina.sqlite3").execute("CREATE TABLE t (n)").connection.close()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COORDINA_DATA", str(folder))
    is_file = Path.is_file

    def erased(path: Path, **given: Any) -> bool:
        found = is_file(path, **given)
        if path.name == "b":
            path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_file", erased)
    assert back_up(tmp_path / "b.tar.gz") == 1


WORKING = """
import django, sys
django.setup()
from django.utils import timezone
from coordina.accounts.models import Organization
from coordina.catalog.models import Series
from coordina.ledger.change_sets import change_set
with change_set(by=None, at=timezone.now(), via="system"):
    Organization.objects.create(name="Lumbrera", currency="EUR", country="ES", time_zone="Europe/Madrid")
print("begun", flush=True)
n = 0
while True:
    n += 1
    with change_set(by=None, at=timezone.now(), via="system"):
        Series.objects.create(name=f"Serie {n}")
"""


def test_on_a_bare_machine_by_one_command(tmp_path: Path, migrated: Any) -> None:
    """The product itself, written to while it is backed up, restored into a folder that is not there: a few starts."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "coordina.config.settings", "PYTHONPATH": "src"}
    for name in ("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "BROKER_URL"):
        environment.pop(name, None)
    migrated(tmp_path / "data")
    archive, bare = tmp_path / "b.tar.gz", tmp_path / "bare"

    def coordina(folder: Path, *words: str) -> str:
        command = [sys.executable, "-m", "coordina", *words]
        told = subprocess.run(
            command, env={**environment, "COORDINA_DATA": str(folder)}, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr[-2000:]
        return told.stdout

    work = subprocess.Popen(
        [sys.executable, "-c", WORKING],
        env={**environment, "COORDINA_DATA": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert work.stdout is not None
        assert work.stdout.readline() == "begun\n"
        coordina(tmp_path / "data", "backup", str(archive))
        assert work.poll() is None
    finally:
        work.kill()
        work.wait(10)
    coordina(tmp_path / "data", "restore", str(archive), "--data", str(bare))
    assert "Everything is as it was sealed" in coordina(bare, "verify_ledger")
    with closing(sqlite3.connect(bare / "coordina.sqlite3")) as opened:
        (series,) = opened.execute("SELECT count(*) FROM catalog_series").fetchone()
        (sets,) = opened.execute("SELECT count(*) FROM ledger_changeset").fetchone()
    assert sets == series + 1
    assert not (bare / "last-backup.json").exists()
