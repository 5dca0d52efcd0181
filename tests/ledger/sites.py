"""A database of its own with worker processes on it, for tests that kill and freeze them."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("COORDINA_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")
TABLES = """
from django.db import connection
from coordina.accounts.models import Stamp
from coordina.ledger.models.jobs import Event, Job, Pulse, Schedule
with connection.schema_editor() as editor:
    for model in (Job, Schedule, Event, Pulse, Stamp):
        editor.create_model(model)
say(None)
"""
DROP = """
try:
    link = broker.Link()
    link.drop("default")
    link.close()
except broker.Away:
    say("a broker that is gone holds nothing")
"""
ANSWERING = """
import json, sys, traceback, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from coordina.ledger.models.jobs import *
from coordina.ledger import queue
from coordina.ledger.queue import broker
from tests.ledger import queue_tasks as t
answers, sys.stdout = sys.stdout, sys.stderr
known = dict(globals())
for line in sys.stdin:
    said = [None]
    try:
        exec(json.loads(line), known | {"say": said.append})
        told = {"said": said[-1]}
    except Exception:
        told = {"fault": traceback.format_exc()}
    print(json.dumps(told, default=str), file=answers, flush=True)
"""
"""What runs the code it is sent, a line each time: Django is loaded once for all of it."""


class Site:
    """One installation: its database address (empty: SQLite in the folder), its broker, processes that work on it."""

    def __init__(self, url: str, folder: Path, broker: str = "") -> None:
        self.folder, self.broker = folder, broker
        self.env = os.environ | {
            "DATABASE_URL": url,
            "BROKER_URL": broker,
            "COORDINA_TEST_SITE": str(folder),
            "DJANGO_SETTINGS_MODULE": "tests.ledger.worker_settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "COORDINA_LOG_LEVEL": "ERROR",
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.beside = subprocess.Popen(
            [sys.executable, "-c", ANSWERING], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, code: str) -> Any:
        """Run code in a process beside the workers; gives what it says last with `say(value)`."""
        assert self.beside.stdin is not None and self.beside.stdout is not None
        self.beside.stdin.write(json.dumps(code) + "\n")
        self.beside.stdin.flush()
        ready, _, _ = select.select([self.beside.stdout], [], [], 60)
        assert ready, "no answer within a minute"
        told = json.loads(self.beside.stdout.readline() or '{"fault": "it ended"}')
        assert "fault" not in told, told["fault"]
        return told["said"]

    def worker(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start a worker."""
        command = [sys.executable, "-m", "coordina", "worker", *options]
        process = subprocess.Popen(command, env=self.env, cwd=self.folder)
        self.processes.append(process)
        return process

    def jobs(self, *columns: str) -> list[Any]:
        """Columns of all jobs, by id."""
        return self.ask(f"say(list(Job.objects.order_by('pk').values_list(*{columns!r})))")

    def effects(self) -> list[list[str]]:
        """What the jobs have done, in order."""
        return self.ask("say(list(Event.objects.order_by('pk').values_list('name', 'subject')))")

    def until(self, condition: str, seconds: float = 30) -> None:
        """Wait until an expression over the database holds."""
        self.ask(
            "import time\n"
            f"end = time.monotonic() + {seconds}\n"
            f"while not ({condition}):\n"
            "    assert time.monotonic() < end, 'it did not happen'\n"
            "    time.sleep(0.05)\n"
            "say(None)\n"
        )

    def messages(self) -> int:
        """How many messages wait at the broker."""
        count: int = self.ask("say(broker.waiting())")
        return count

    def stop(self) -> None:
        """Kill what still runs, and leave no queue at the broker."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(10)
        if self.broker and self.beside.poll() is None:
            self.ask(DROP)
        self.beside.communicate(timeout=10)


@contextmanager
def sqlite_site(folder: Path, broker: str = "") -> Iterator[Site]:
    """A site on SQLite in `folder`."""
    site = Site("", folder, broker)
    try:
        site.ask(TABLES)
        yield site
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_site(folder: Path, broker: str = "") -> Iterator[Site]:
    """A site on a PostgreSQL database that is dropped afterwards. Skips where there is no server."""
    import psycopg

    name = f"coordina_queue_{os.getpid()}_{time.monotonic_ns()}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL at {SERVER}")
    with server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        site = Site(f"{SERVER}/{name}", folder, broker)
        try:
            site.ask(TABLES)
            yield site
        finally:
            site.stop()
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
