"""``serve`` as a person or a machine meets it: it starts, mends itself, and ends with nothing left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coordina.config.database import Migrated
from tests.served import Served, free_port, until

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


def serving(folder: Path) -> Iterator[Served]:
    server = Served(folder)
    until(server.is_ready, 90)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that no test harms."""
    yield from serving(tmp_path_factory.mktemp("served") / "data")


@pytest.fixture
def fragile(tmp_path: Path, migrated: Callable[[Path], None]) -> Iterator[Served]:
    """A server to kill."""
    migrated(tmp_path / "data")
    yield from serving(tmp_path / "data")


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_job_process_that_dies_is_started_again_and_all_end_together(fragile: Served) -> None:
    until(lambda: fragile.children("worker"))
    (worker,) = fragile.children("worker")
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: [pid for pid in fragile.children("worker") if pid != worker])
    assert len(fragile.children("web")) == 3  # one that loads and watches, two that serve
    fragile.process.terminate()
    assert fragile.process.wait(20) == 0
    assert fragile.children("web") == fragile.children("worker") == []


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_answers_requests_dies_with_the_web_process_even_when_it_hangs(fragile: Served) -> None:
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().split()[3]) for pid in fragile.children("web")}
    (top,) = parents.keys() & set(parents.values())
    serving = parents.keys() - {top}
    for pid in serving:
        os.kill(pid, signal.SIGSTOP)
    os.kill(top, signal.SIGKILL)
    assert until(lambda: not serving & set(fragile.children("web")), 10)
    assert until(fragile.answers, 60)


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_kill_9_leaves_no_process_and_the_port_is_free_at_once(fragile: Served) -> None:
    fragile.process.kill()
    fragile.process.wait()
    until(lambda: not fragile.children("web") and not fragile.children("worker"), 15)
    again = Served(Path(fragile.command[5]))
    until(again.is_ready, 90)
    assert again.answers()
    again.process.terminate()
    assert again.process.wait(20) == 0


def test_a_port_in_use_is_one_clear_line(served: Served) -> None:
    done = subprocess.run(served.command, env=served.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"Port {served.port} on 127.0.0.1 cannot be used (Address already in use): choose another one with --port."
    ]


def test_data_that_is_served_cannot_be_restored_over(served: Served, tmp_path: Path) -> None:
    def coordina(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "coordina", *words, "--data", str(served.folder)]
        return subprocess.run(command, env=served.environment, capture_output=True, text=True, check=False)

    archive = str(tmp_path / "b.tar.gz")
    assert coordina("backup", archive).returncode == 0
    done = coordina("restore", archive, "--force")
    assert (done.returncode, "A server uses" in done.stderr) == (1, True)


def test_migrations_are_not_run_again_when_nothing_is_new(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    stamp = Migrated(served.folder)
    assert stamp.is_current()
    stamp.path.rename(tmp_path / "aside")
    assert not stamp.is_current()
    (tmp_path / "aside").rename(stamp.path)


def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/none", "PYTHONPATH": "src"}
    command = [sys.executable, "-m", "coordina", "serve", "--data", str(tmp_path), "--port", str(free_port())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("PostgreSQL at 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1
