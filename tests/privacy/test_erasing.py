"""After an erasure nothing of the person is left: not in a table, not in a file, not in the bytes of the database."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from coordina.config.cli import CommandFailed
from coordina.config.restore import refuse_unerased

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("COORDINA_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")


def run(folder: Path, *words: str, url: str = "") -> dict[str, Any]:
    """Let a company with one person who stands everywhere erase them; gives what it tells of it."""
    environment = {**os.environ, "COORDINA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "coordina.config.settings"}
    environment |= {"PYTHONPATH": f"src{os.pathsep}.", "COORDINA_LOG_LEVEL": "ERROR"}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BROKER_URL"):
        environment.pop(name, None)
    if url:
        environment["DATABASE_URL"] = url
    program = [sys.executable, "tests/privacy/canary.py", *words]
    done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("@@")]
    assert lines, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(lines[0][2:])
    return found


def in_bytes(data: bytes, words: list[str]) -> set[str]:
    low = data.lower()
    return {w for w in words for c in ("utf-8", "utf-16-le") if w.encode(c) in data or w.lower().encode(c) in low}


def in_files(folder: Path, words: list[str]) -> dict[str, set[str]]:
    found = {str(p): in_bytes(p.read_bytes(), words) for p in folder.rglob("*") if p.is_file()}
    return {path: hits for path, hits in found.items() if hits}


@pytest.fixture
def database() -> Iterator[str]:
    """A PostgreSQL database of its own; skipped where there is no server to be administrator of."""
    name = f"privacy_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL here")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield f"{SERVER}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def in_relations(url: str, words: list[str]) -> dict[str, set[str]]:
    """Words in the bytes of every file of the database, by relation: tables, indexes, samples of values."""
    found: dict[str, set[str]] = {}
    with psycopg.connect(url, autocommit=True) as opened:
        opened.execute("CHECKPOINT")
        query = "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL"
        for name, path in opened.execute(query).fetchall():
            row = opened.execute("SELECT pg_read_binary_file(%s, 0, 1000000000, true)", (path,)).fetchone()
            found[name] = in_bytes(bytes(row[0]), words) if row and row[0] else set()
    return {name: hits for name, hits in found.items() if hits}


def test_nothing_is_left_on_sqlite(tmp_path: Path) -> None:
    told = run(tmp_path / "data")
    assert set(told["words"]) - set(told["before"]) == {w for w in told["words"] if "filebytes" in w}
    assert told["states"] == ["done"]
    assert told["after"] == []
    assert told["seals"]["wrong"] == 0
    assert told["seals"]["erased"] > 100
    assert in_files(tmp_path / "data", told["words"]) == {}


def test_nothing_is_left_on_postgresql(tmp_path: Path, database: str) -> None:
    told = run(tmp_path / "data", url=database)
    assert told["states"] == ["done"]
    assert told["after"] == []
    assert told["seals"]["wrong"] == 0
    assert told["seals"]["erased"] > 100
    assert in_files(tmp_path / "data", told["words"]) == {}
    assert in_relations(database, told["words"]) == {}


def command(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "COORDINA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "coordina.config.settings"}
    environment |= {"PYTHONPATH": "src", "COORDINA_LOG_LEVEL": "ERROR"}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BROKER_URL"):
        environment.pop(name, None)
    program = [sys.executable, "-m", "coordina", *arguments]
    done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_restored_backup_erases_again_before_it_opens(tmp_path: Path) -> None:
    folder, archive = tmp_path / "data", tmp_path / "before.tar.gz"
    told = run(folder, str(archive))
    assert told["after"] == []
    command(folder, "restore", str(archive), "--data", str(folder), "--force")
    [aside] = folder.glob("before-restore-*")
    assert in_files(aside, told["words"]) == {}
    back = set().union(*in_files(folder, told["words"]).values())  # the backup is from before: what is there is found
    assert {w for w in told["words"] if "filebytes" in w} <= back
    assert len(back) > len(told["words"]) / 2
    with pytest.raises(CommandFailed):
        refuse_unerased(folder)
    assert "Erased again" in command(folder, "erase_again")
    refuse_unerased(folder)
    assert in_files(folder, told["words"]) == {}
    assert command(folder, "erase_again") == ""
    command(folder, "verify_ledger")
