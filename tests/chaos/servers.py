"""Two web servers and three workers on one PostgreSQL and one Redis, each started by itself, as on machines apart.

Where a RabbitMQ is given, it tells the workers of jobs.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coordina.config.bench.site import Site
from tests.chaos import services
from tests.chaos.company import Company, Hand, until
from tests.served import free_port

WORKERS = 3
PER_MINUTE = 240


@dataclass
class Server:
    """One web server; a `Hand` works there."""

    port: int

    @property
    def server(self) -> "Server":
        """What a hand asks of a company."""
        return self

    def answers(self) -> bool:
        """Whether pages come."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


class Servers(Company):
    """The processes.

    Args:
        folder: Of the data that all share.
        database: The cluster.
        cache: The Redis.
        broker: The RabbitMQ; None where the database tells the workers.
    """

    def __init__(
        self, folder: Path, database: services.Postgres, cache: services.Redis, broker: services.RabbitMQ | None = None
    ) -> None:
        super().__init__(folder, Site(folder, database.running), database, cache)
        self.broker = broker
        self.one, self.other = Server(free_port()), Server(free_port())
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self._others: list[subprocess.Popen[bytes]] = []
        secret = {"COORDINA_DATA": str(folder), "SECRET_KEY": "one-key-for-all-of-them-" * 3}
        more = {"COORDINA_API_PER_MINUTE": str(PER_MINUTE), "COORDINA_PARENT": str(os.getpid())}
        kept = {name: value for name, value in os.environ.items() if name not in ("BROKER_URL", "BASE_URL")}
        more |= {"BROKER_URL": broker.url} if broker else {}
        self.environment = {**kept, **self.variables, **secret, **more, "BASE_URL": "http://127.0.0.1"}

    def start(self) -> None:
        """Migrate, then start everything and wait until pages come from both."""
        self.folder.mkdir()
        subprocess.run([*PROGRAM, "migrate", "-v0", "--noinput"], env=self.environment, check=True)
        for server in (self.one, self.other):
            self._others.append(self._begun("web", "--port", str(server.port), "--workers", "1"))
        until(lambda: self.one.answers() and self.other.answers(), 300, "no page comes")
        for _one in range(WORKERS):
            worker = self._begun("worker")
            self.workers[worker.pid] = worker

    def _begun(self, *words: str) -> "subprocess.Popen[bytes]":
        log = (self.folder.parent / f"{words[0]}.log").open("ab")
        return subprocess.Popen([*PROGRAM, *words], env=self.environment, stdout=log, stderr=log)

    def stop(self) -> None:
        """Kill -9."""
        for process in (*self._others, *self.workers.values()):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()

    def beside(self, code: str) -> str:
        """Run code in one more process, as an administrator of the server; gives what it printed."""
        start = "import django; django.setup()\n"
        program = [sys.executable, "-c", start + code]
        done = subprocess.run(program, env=self.environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        return done.stdout

    def value(self, sql: str) -> Any:
        """The first value of the first row; None where there is none."""
        rows = self.ask(sql)
        return rows[0][0] if rows else None


PROGRAM = (sys.executable, "-m", "coordina")


@contextlib.contextmanager
def servers(folder: Path, *, with_broker: bool = False) -> Iterator[Servers]:
    """A founded company with all its processes; nothing of them is left afterwards."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(services.postgres())
        cache = services.Redis()
        stack.callback(cache.kill)
        broker = None
        if with_broker:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coordina-broker-")))
            broker = services.RabbitMQ(place)
            stack.callback(broker.kill)
        made = Servers(folder / "data", database, cache, broker)
        stack.callback(made.stop)
        made.start()
        Hand(made.one).found()  # type: ignore[arg-type]  # it only asks for the port
        yield made
