"""The same program with PostgreSQL and Redis: by environment variables only."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from coordina.config.backup import back_up
from coordina.config.cli import CommandFailed
from coordina.config.database import Migrated
from coordina.config.restore import restore


def coordina(*words: str, **variables: str) -> str:
    """Run a command of the product with the settings of the product; give what it printed."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "coordina.config.settings", "PYTHONPATH": "src", **variables}
    done = subprocess.run(
        [sys.executable, "-m", "coordina", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def names(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM company ORDER BY name")]


@pytest.fixture
def company(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A PostgreSQL database with one row and a data folder with one file."""
    (tmp_path / "data" / "files").mkdir(parents=True)
    (tmp_path / "data" / "files" / "a.txt").write_text("uno")
    monkeypatch.setenv("COORDINA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", postgres)
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE company (name text)")
        connection.execute("INSERT INTO company VALUES ('Aurora')")
    return postgres


def test_a_backup_of_postgresql_comes_back(company: str, tmp_path: Path) -> None:
    assert back_up(tmp_path / "b.tar.gz") == 1
    with psycopg.connect(company) as connection:
        connection.execute("UPDATE company SET name = 'later'")
    with pytest.raises(CommandFailed, match="--force"):
        restore(tmp_path / "b.tar.gz")
    assert names(company) == ["later"]
    restore(tmp_path / "b.tar.gz", force=True)
    assert names(company) == ["Aurora"]
    assert (tmp_path / "data" / "files" / "a.txt").read_text() == "uno"
    assert not (tmp_path / "data" / "database.pgdump").exists()


def test_without_pg_dump_one_line_says_what_is_missing(
    company: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailed, match="pg_dump is missing: apt-get install postgresql-client"):
        back_up(tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()


def test_migrations_of_postgresql_are_run_once(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres)
    stamp = Migrated(tmp_path)
    assert not stamp.is_current()
    coordina("migrate", "-v0", "sessions", DATABASE_URL=postgres, COORDINA_DATA=str(tmp_path))
    stamp.record()
    assert stamp.is_current()
    with psycopg.connect(postgres) as connection:
        connection.execute("DELETE FROM django_migrations")
    assert not stamp.is_current()


def test_processes_share_what_redis_keeps(redis_url: str, tmp_path: Path) -> None:
    variables = {"REDIS_URL": redis_url, "DATABASE_URL": "", "COORDINA_DATA": str(tmp_path)}
    key = f"test:{os.getpid()}"
    start = "from django.core.cache import cache; "
    coordina("shell", "-v0", "--no-imports", "-c", f"{start}cache.set('{key}', 'kept', 60)", **variables)
    said = coordina("shell", "-v0", "--no-imports", "-c", f"{start}print(cache.get('{key}'))", **variables)
    assert said.strip() == "kept"
