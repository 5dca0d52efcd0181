"""A server in processes of its own, for tests that kill it or only need one."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], seconds: float = 30) -> object:
    """Ask again and again; give the first true answer. Fails after some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s")


class Served:
    """A server in a process of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.log = folder.parent / "serve.log"
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "coordina.config.settings", "PYTHONPATH": "src"}
        for name in ("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "BROKER_URL", "COORDINA_DATA"):
            environment.pop(name, None)
        environment.update(variables)
        self.command = [sys.executable, "-m", "coordina", "serve", "--data", str(folder), "--port", str(self.port)]
        self.environment = environment
        self.process = subprocess.Popen(
            self.command, env=environment, stdout=self.log.open("w"), stderr=subprocess.STDOUT
        )

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "Coordina is at" in self.log.read_text()

    def children(self, what: str) -> list[int]:
        """Give the processes of the server that run a command."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if what.encode() not in (entry / "cmdline").read_bytes().split(b"\0")[:4]:
                    continue
                mine = f"BASE_URL=http://127.0.0.1:{self.port}".encode() in (entry / "environ").read_bytes()
            except OSError:
                continue  # it has just ended
            found += [int(entry.name)] if mine else []
        return sorted(found)
