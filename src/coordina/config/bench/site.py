"""The site that is measured: a database of its own, filled, served as people serve it."""

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coordina.config.bench.postgres import Cluster
from coordina.config.bench.processes import command_of, cpu_ms, family, private_mb
from coordina.config.cli import CommandFailed

PATIENCE = 120.0
"""Seconds to wait for the server."""
WORKED_OFF = 1200.0
"""Seconds to wait for the queue to become empty: what a million seeded rows leave to be sealed takes minutes."""
ELSEWHERE = (
    *("DATABASE_URL", "BASE_URL", "REDIS_URL", "BROKER_URL", "SECRET_KEY", "ALLOWED_HOSTS", "COORDINA_TRUSTED_PROXY"),
    "DJANGO_SETTINGS_MODULE",
)
"""Variables that would make it another site than the one that people get."""
LARGE = 200_000
"""Opportunities above which nobody waits until all twins have been looked for."""
QUIET_SECONDS, QUIET_MS = 0.7, 60
"""A server that uses less in that time has started up."""
LIVE_JOBS = "SELECT count(*) FROM ledger_job WHERE state IN ('ready', 'running')"


@dataclass(frozen=True, slots=True)
class Size:
    """How much a database holds.

    Attributes:
        rows: Opportunities.
        custom_fields: Fields that somebody added to them.
    """

    rows: int
    people: int
    custom_fields: int = 0


class Site:
    """A data folder with a database, and the server on it.

    Args:
        folder: Of the data; a filled database in it is used again.
        private: The cluster, where it is PostgreSQL.
    """

    def __init__(self, folder: Path, private: Cluster | None) -> None:
        self.folder, self.private = folder, private
        self.database = "postgres" if private else "sqlite"
        self.port = 0
        self._server: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        given = {k: v for k, v in os.environ.items() if k not in ELSEWHERE}
        given |= {"COORDINA_DATA": str(self.folder), "PYTHONUNBUFFERED": "1"}
        return given | ({"DATABASE_URL": self.private.url} if self.private else {})

    def _call(self, *arguments: str) -> None:
        program = [sys.executable, "-m", "coordina", *arguments]
        done = subprocess.run(program, env=self._environment(), stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise CommandFailed(f"{arguments[0]} failed: see above.")

    def fill(self, size: Size, password: str) -> str:
        """Make and fill the database, or bring one that was kept up to date; gives the password of its people.

        Raises:
            CommandFailed: When the one that was kept is of another size, or filling fails.
        """
        note = self.folder / f"bench-{self.database}.json"
        kept = json.loads(note.read_text()) if note.exists() else None
        if kept is not None and kept["size"] != asdict(size):
            raise CommandFailed(f"{self.folder} holds {kept['size']}: say so, or name another folder.")
        self._call("migrate", "--noinput", "-v0")
        if kept is not None:
            return str(kept["password"])
        sizes = ("--rows", size.rows, "--people", size.people, "--custom-fields", size.custom_fields)
        large = ["--without-twins"] if size.rows > LARGE else []
        self._call("seed", *map(str, sizes), *large, "--password", password)
        note.write_text(json.dumps({"size": asdict(size), "password": password}))
        return password

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve it on a free port of this machine."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        program = [sys.executable, "-m", "coordina", "serve", "--data", str(self.folder), "--port", str(self.port)]
        log = self.folder / "serve.log"
        with log.open("wb") as out:
            self._server = subprocess.Popen(
                program, env=self._environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
            try:
                self._wait_until_up(log)
                self._wait_until_quiet()
                yield
            finally:
                self._server.send_signal(signal.SIGTERM)
                try:
                    self._server.wait(30)
                except subprocess.TimeoutExpired:
                    self._server.kill()

    def _wait_until_up(self, log: Path) -> None:
        assert self._server is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                link.request("GET", "/health/")
                if link.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise CommandFailed(f"The server did not start: {log.read_text()[-1500:]}")

    def _wait_until_quiet(self) -> None:
        """Wait until web and worker have started up: that is no part of any request."""
        deadline, before = time.monotonic() + 30, self.cpu_ms()
        while time.monotonic() < deadline:
            time.sleep(QUIET_SECONDS)
            now = self.cpu_ms()
            if now - before < QUIET_MS:
                return
            before = now

    def last_words(self) -> str:
        """The end of what the server said."""
        return (self.folder / "serve.log").read_text()[-4000:]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the database beside the server."""
        if self.private:
            import psycopg

            with psycopg.connect(self.private.url) as link:
                return link.execute(sql.encode()).fetchall()
        [file] = self.folder.glob("*.sqlite3")
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as link:
            return link.execute(sql).fetchall()

    def wait_for_jobs(self) -> None:
        """Wait until no job waits or runs. Raises CommandFailed when that takes too long."""
        deadline = time.monotonic() + WORKED_OFF
        while self.ask(LIVE_JOBS)[0][0]:
            if time.monotonic() > deadline:
                raise CommandFailed("The queue of jobs does not become empty.")
            time.sleep(0.02)

    def cpu_ms(self) -> float:
        """Processor time used so far by server, job worker and database."""
        assert self._server is not None
        roots = [self._server.pid, *([self.private.pid] if self.private else [])]
        return cpu_ms(*roots)

    def private_mb(self) -> float:
        """Memory of the web processes that they share with nobody."""
        assert self._server is not None
        everyone = family(self._server.pid)
        tops = [pid for pid in everyone if " -m coordina web" in command_of(pid)]
        return private_mb(family(*tops))
