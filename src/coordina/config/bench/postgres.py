"""A PostgreSQL cluster of its own: only so can the processor time of its processes be told from that of others."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coordina.config.cli import CommandFailed

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
USER, NAME = "postgres", "coordina"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster.

    Attributes:
        url: Address of an empty database of its own.
        pid: Its first process; all others descend from it.
    """

    url: str
    pid: int


@contextmanager
def cluster(keep: Path | None = None) -> Iterator[Cluster]:
    """Start a cluster and stop it afterwards.

    Args:
        keep: Folder of its files, made when missing and used when there; without one they are gone afterwards.

    Raises:
        CommandFailed: When PostgreSQL is not installed, or does not start.
    """
    tools = _tools()
    folder = keep or Path(tempfile.mkdtemp(prefix="coordina-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    port, runner = _free_port(), _runner(folder)
    data = folder / "data"
    fresh = not data.exists()
    try:
        if fresh:
            kind = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            _call([*runner, str(tools / "initdb"), "-D", str(data), *kind])
        settings = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        control = [*runner, str(tools / "pg_ctl"), "-D", str(data), "-w", "-s"]
        _call([*control, "-l", str(folder / "log"), "-o", settings, "start"])
        try:
            if fresh:
                _call([*runner, str(tools / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", USER, NAME])
            pid = int((data / "postmaster.pid").read_text().split()[0])
            yield Cluster(f"postgres://{USER}@127.0.0.1:{port}/{NAME}", pid)
        finally:
            _call([*control, "-m", "fast", "stop"])
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def control(folder: Path, *words: str) -> None:
    """Call pg_ctl for a running cluster, such as `restart`.

    Args:
        folder: Of its files.
        words: What is to happen.

    Raises:
        CommandFailed: When it does not.
    """
    quiet = ["-w", "-s", "-l", str(folder / "log")]
    _call([*_runner(folder), str(_tools() / "pg_ctl"), "-D", str(folder / "data"), *quiet, *words])


def _tools() -> Path:
    found = [
        path for place in PLACES for path in sorted(Path("/").glob(place.lstrip("/"))) if (path / "initdb").exists()
    ]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    if not found:
        raise CommandFailed("PostgreSQL is not installed: its initdb is needed (apt-get install postgresql).")
    return found[-1]


def _runner(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as the superuser: then another user has to."""
    if os.geteuid() != 0:
        return []
    for user in (USER, "nobody"):
        if subprocess.run(["id", user], capture_output=True, check=False).returncode == 0:
            shutil.chown(folder, user)
            return ["runuser", "-u", user, "--"]
    raise CommandFailed("PostgreSQL does not run as the superuser, and there is no other user to run it.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise CommandFailed(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-400:]}")
