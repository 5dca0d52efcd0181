"""A company that is served from a folder of its own, and whose processes are killed."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg

from coordina.config.bench.site import Site
from tests.chaos import services
from tests.served import Served

ROOT = Path(__file__).parents[2]
LEASE = 3
"""Seconds until the job of a killed worker is taken up again."""
ZONE = "Europe/Madrid"
EMAIL, PASSWORD = "ana@example.com", "una frase bastante larga"
TRUTH = """
import django, json; django.setup()
from coordina.accounts import definitions
from coordina.config.seed.verify import checks
from coordina.ledger.queue.worker import run_until_idle
from tests.guards.replay import lies
definitions.agree()
run_until_idle()
print(json.dumps({"lies": lies()[:5], "derived": {name: found for name, count in checks() if (found := count())}}))
"""


def today() -> str:
    """The day it is where the company is."""
    return datetime.now(ZoneInfo(ZONE)).date().isoformat()


class Died(Exception):
    """What should have happened did not."""


def until(what: Callable[[], Any], seconds: float, told: str) -> Any:
    """Ask again and again; give the first true answer. Raises Died after some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise Died(told)


class Company:
    """Server and database.

    Args:
        folder: Of its data.
        site: Answers questions to the database.
        database: The cluster; None for SQLite.
        cache: The Redis that processes share; None for none.
    """

    def __init__(
        self,
        folder: Path,
        site: Site,
        database: services.Postgres | None = None,
        cache: services.Redis | None = None,
    ) -> None:
        self.folder, self.site, self.database, self.cache = folder, site, database, cache
        self.url = database.running.url if database is not None else ""
        self.servers: list[Served] = []

    @property
    def server(self) -> Served:
        """The one that serves now."""
        return self.servers[-1]

    @property
    def variables(self) -> dict[str, str]:
        """Environment of its processes."""
        given = {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "PYTHONPATH": f"src{os.pathsep}."}
        given |= {"COORDINA_JOB_LEASE": str(LEASE), "COORDINA_LOG_LEVEL": "WARNING"}
        given |= {"COORDINA_API_PER_MINUTE": "100000", "COORDINA_WEBHOOKS_PRIVATE": "127.0.0.0/8"}
        given |= {"REDIS_URL": self.cache.url} if self.cache is not None else {}
        return given | ({"DATABASE_URL": self.url} if self.url else {})

    def start(self) -> None:
        """Serve, and wait until pages come."""
        self.servers.append(Served(self.folder, **self.variables))
        until(self.server.is_ready, 600, "the server does not start")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the database beside the server; again while it restarts."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.site.ask(sql)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def kill(self, target: str) -> None:
        """Kill -9: `serving` one process that answers requests, `web` all of them, `worker`, or `all`.

        `database` and `cache` are restarted as after a power cut, while everything else goes on.
        """
        if target == "all":
            self.stop()
            return
        service = {"database": self.database, "cache": self.cache}.get(target)
        if service is not None:
            service.restart()
            return
        pids = self.server.children("worker" if target == "worker" else "web")
        if target == "serving":
            pids = [pid for pid in pids if _parent(pid) in pids][:1]
        elif target == "web":
            pids = [pid for pid in pids if _parent(pid) not in pids]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)

    def stop(self) -> None:
        """Kill every process, as a power cut would."""
        children = [*self.server.children("web"), *self.server.children("worker")]
        for pid in (self.server.process.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.server.process.wait()
        until(lambda: not self.server.children("web") and not self.server.children("worker"), 30, "processes stay")

    def revive(self) -> None:
        """Have everything running again: by itself, or by a new server where that was killed too."""
        if self.server.process.poll() is not None:
            self.start()
        until(self.server.answers, 300, "no page comes any more")
        until(lambda: self.server.children("worker"), 300, "no worker comes back")

    def waiting(self) -> list[tuple[Any, ...]]:
        """Jobs that are due or running."""
        return self.ask("SELECT id, task, state, attempts FROM ledger_job WHERE state IN ('ready', 'running')")

    def truth(self) -> dict[str, Any]:
        """What ledger and derived tables say of the records, asked in a process of its own."""
        env = self.server.environment | {"COORDINA_DATA": str(self.folder), "COORDINA_LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            [sys.executable, "-c", TRUTH], env=env, capture_output=True, text=True, timeout=600, check=False, cwd=ROOT
        )
        if done.returncode:
            raise Died(done.stderr[-2000:])
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextlib.contextmanager
def company(folder: Path, database: str, *, shared: bool = False) -> Iterator[Company]:
    """A founded company on a database of its own; nothing of it is left afterwards.

    Args:
        folder: Of its data.
        database: `sqlite` or `postgres`.
        shared: Whether processes share a Redis.
    """
    with contextlib.ExitStack() as stack:
        private = stack.enter_context(services.postgres()) if database == "postgres" else None
        cache = services.Redis() if shared else None
        if cache is not None:
            stack.callback(cache.kill)
        made = Company(folder, Site(folder, private.running if private else None), private, cache)
        made.start()
        stack.callback(made.stop)
        Hand(made).found()
        yield made


class Hand:
    """Somebody with a browser who sends forms without looking at pages in between."""

    def __init__(self, made: Company) -> None:
        self.company = made
        self.client = httpx.Client(timeout=30)
        self.token = ""

    def url(self, path: str) -> str:
        """The address of a page, wherever the server is now."""
        return f"http://127.0.0.1:{self.company.server.port}{path}"

    def _know_token(self, path: str) -> None:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.client.get(self.url(path)).text)
        assert found, path
        self.token = found[1]

    def post(self, path: str, files: Any = None, **data: Any) -> httpx.Response:
        """Send a form."""
        given = {**data, "csrfmiddlewaretoken": self.token}
        return self.client.post(self.url(path), data=given, files=files, headers={"X-Requested-With": "fetch"})

    def sign_in(self) -> "Hand":
        """Sign in as the one who founded the company."""
        self._know_token("/sign-in/")
        answer = self.post("/sign-in/", email=EMAIL, password=PASSWORD)
        assert answer.status_code == 302, answer.text[:500]
        self._know_token("/companies/new/")
        return self

    def token_of_program(self) -> str:
        """Make a token that may do whatever its person may."""
        told = {"name": "Program", "access": "write", "current": PASSWORD, "expires_on": ""}
        found = re.search(r"coordina_[\w-]{40,}", self.post("/profile/tokens/", **told).text)
        assert found
        return found[0]

    def found(self) -> None:
        """Answer the first-run page."""
        self._know_token("/first-run/")
        told = {"company": "Lumbrera", "currency": "EUR", "language": "es", "time_zone": ZONE}
        answer = self.post("/first-run/", **told, country="ES", name="Ana Ruiz", email=EMAIL, password=PASSWORD)
        assert answer.status_code == 302, answer.text[:500]
