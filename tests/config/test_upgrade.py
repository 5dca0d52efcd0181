"""An older database, filled, is brought up to date; killed in the middle of every migration it ends the same.

These take most of a minute each, so they run where `--large` is given, as `./run full` does.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[2]


def run(step: str, folder: Path, url: str) -> str:
    environment = {**os.environ, "COORDINA_DATA": str(folder), "DATABASE_URL": url, "COORDINA_LOG_LEVEL": "ERROR"}
    environment |= {"DJANGO_SETTINGS_MODULE": "coordina.config.settings", "PYTHONPATH": f"src{os.pathsep}."}
    for name in ("SECRET_KEY", "REDIS_URL", "BROKER_URL"):
        environment.pop(name, None)
    program = [sys.executable, "-m", "tests.config.upgrading", step]
    done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def compare(one: Any, other: Any) -> None:
    assert set(one) == set(other)
    for table in one:
        assert one[table] == other[table], table
    filled = [table for table in one if one[table]["rows"]]
    assert len(filled) > 40, "most tables of an older version hold rows"


@pytest.mark.large
def test_of_sqlite(tmp_path: Path) -> None:
    """Each of some thirty migrations is killed and run again, in processes of their own: some seconds."""
    old, killed = tmp_path / "old", tmp_path / "killed"
    old.mkdir()
    run("old", old, "")
    shutil.copytree(old, killed)
    run("straight", old, "")
    assert int(run("killed", killed, "")) > 20
    compare(json.loads(run("told", old, "")), json.loads(run("told", killed, "")))


@pytest.fixture
def twin(postgres: str) -> Iterator[str]:
    """The address of a database that does not exist yet, gone after the test."""
    url = f"{postgres}_twin"
    yield url
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as opened:
        opened.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.mark.large
def test_of_postgresql(tmp_path: Path, postgres: str, twin: str) -> None:
    """The same on PostgreSQL: some seconds."""
    run("old", tmp_path, postgres)
    server, _, name = postgres.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as opened:
        opened.execute(f'CREATE DATABASE "{twin.rpartition("/")[2]}" TEMPLATE "{name}"'.encode())
    run("straight", tmp_path, postgres)
    assert int(run("killed", tmp_path, twin)) > 20
    compare(json.loads(run("told", tmp_path, postgres)), json.loads(run("told", tmp_path, twin)))
