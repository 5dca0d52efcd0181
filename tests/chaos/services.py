"""A database cluster and a Redis of the test's own, which die at once and come back on the same port."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import redis

from coordina.config.bench.postgres import Cluster, cluster, control
from tests.served import free_port, until


class Redis:
    """A Redis without a file: what it held is gone with its process."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._start()

    def _start(self) -> None:
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(["redis-server", *settings], stdout=subprocess.DEVNULL, cwd="/")
        until(self._answers)

    def _answers(self) -> bool:
        try:
            with contextlib.closing(redis.Redis(port=self.port)) as link:
                return bool(link.ping())
        except redis.ConnectionError:
            return False

    def restart(self) -> None:
        """Kill -9, then begin with nothing."""
        self.kill()
        self._start()

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()
        self._process.wait()

    def freeze(self, frozen: bool) -> None:
        """Let it answer nobody, or again."""
        self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)


class Postgres:
    """A cluster that can be shut down at once, as a power cut would.

    Args:
        folder: Of its files.
        running: The cluster.
    """

    def __init__(self, folder: Path, running: Cluster) -> None:
        self._folder, self.running = folder, running

    def restart(self) -> None:
        """Cut every connection at once and start again, with recovery; Raises CommandFailed when it does not start."""
        control(self._folder, "-m", "immediate", "restart")


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A cluster in a folder of its own; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="coordina-pg-"))
    try:
        with cluster(folder) as running:
            yield Postgres(folder, running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class RabbitMQ:
    """A RabbitMQ of the test's own: its node, ports, files and cookie are nobody else's.

    Args:
        folder: Of its files; short, as parts of it become names of sockets.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        own = {"HOME": str(folder), "RABBITMQ_NODENAME": f"coordina-{self.port}@localhost"}
        own |= {"RABBITMQ_NODE_PORT": str(self.port), "RABBITMQ_DIST_PORT": str(free_port())}
        own |= {"RABBITMQ_MNESIA_BASE": f"{folder}/data", "RABBITMQ_LOG_BASE": f"{folder}/log"}
        own |= {"RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins", "RABBITMQ_CONFIG_FILE": f"{folder}/none"}
        own |= {"RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_PID_FILE": f"{folder}/pid"}
        own |= {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none"}
        self._environment = {**os.environ, **own}
        self.start()

    def start(self) -> None:
        """Begin, with what was kept; wait until it answers."""
        log = (self._folder / "out.log").open("ab")
        command = [str(RABBITMQ)]
        self._process = subprocess.Popen(
            command, env=self._environment, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
        )
        until(self._answers, 60)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(link.recv(1))
        except OSError:
            return False

    def kill(self) -> None:
        """Kill -9, with the processes it began."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def freeze(self, frozen: bool) -> None:
        """Let it answer nobody, or again."""
        self._signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself: what Debian puts into the path runs it as another user, with the files of the machine."""
