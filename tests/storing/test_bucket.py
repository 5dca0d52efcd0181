"""A bucket that refuses, is missing, away or slow; and how much memory a large file takes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coordina.core.storing import bucket as module
from coordina.core.storing import kept
from coordina.core.storing.address import Bucket
from coordina.core.storing.areas import FILES, the_store
from coordina.core.storing.stores import FilesAway, Trouble
from tests.storing.conftest import address_of
from tests.storing.s3_server import S3Server


def _why(work: Any) -> tuple[Trouble, str]:
    with pytest.raises(FilesAway) as told:
        work()
    return told.value.trouble, told.value.code


def _each() -> Iterator[Any]:
    """Everything one can ask of a store."""
    store = the_store()
    yield lambda: store.write("files", "a", [b"x"])
    yield lambda: store.open("files", "a")
    yield lambda: store.size("files", "a")
    yield lambda: list(store.entries("files"))
    yield lambda: store.write("files", "b", [bytes(6 << 20)])


def test_wrong_keys_are_told(bucket: Bucket, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    kept.forget()
    for ask in _each():
        trouble, code = _why(ask)
        assert trouble is Trouble.REFUSED and code in ("SignatureDoesNotMatch", "")
    told = the_store().trouble(2)
    assert told is not None and told.code == "SignatureDoesNotMatch"
    assert not server.buckets["files"] and not server.uploads


def test_a_missing_bucket_is_told_and_is_no_missing_file(bucket: Bucket, server: S3Server) -> None:
    del server.buckets["files"]
    for ask in _each():
        assert _why(ask)[0] is Trouble.NO_BUCKET
    told = the_store().trouble(2)
    assert told is not None and told.trouble is Trouble.NO_BUCKET


def test_a_server_that_is_away_is_told_soon(bucket: Bucket, server: S3Server) -> None:
    the_store().write("files", "a", [b"x"])
    with the_store().open("files", "a") as file:
        server.leave()
        assert file.read() == b"x"  # it was fetched when it was opened
    began = time.monotonic()
    assert _why(lambda: the_store().open("files", "a"))[0] is Trouble.SILENT
    told = the_store().trouble(1)
    assert told is not None and told.trouble is Trouble.SILENT
    assert time.monotonic() - began < 5


def test_a_slow_server_is_waited_for_no_longer_than_said(
    bucket: Bucket, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("READ", 0.4), ("WHOLE", 0.4), ("RETRY", 0.5)):
        monkeypatch.setattr(module, name, seconds)
    kept.forget()
    the_store().write("files", "a", [b"x"])
    server.wait = 20
    began = time.monotonic()
    assert _why(lambda: the_store().open("files", "a"))[0] is Trouble.SILENT
    assert _why(lambda: the_store().write("files", "b", [b"x"]))[0] is Trouble.SILENT
    told = the_store().trouble(0.3)
    assert told is not None and told.trouble is Trouble.SILENT
    assert time.monotonic() - began < 6


def test_a_service_that_takes_the_connection_and_says_nothing(bucket: Bucket, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.FILES = replace(bucket, endpoint=f"http://127.0.0.1:{mute.getsockname()[1]}")
        began = time.monotonic()
        told = the_store().trouble(0.5)
        assert told is not None and told.trouble is Trouble.SILENT
        assert time.monotonic() - began < 2


def test_a_fault_that_passes_is_overcome_and_one_that_stays_is_told(bucket: Bucket, server: S3Server) -> None:
    server.failing = 1
    the_store().write("files", "a", [b"x"])
    server.failing = 1
    with the_store().open("files", "a") as file:
        assert file.read() == b"x"
    server.failing = 100
    assert _why(lambda: the_store().open("files", "a")) == (Trouble.FAILED, "InternalError")


def test_what_is_told_holds_no_secret_and_no_address(bucket: Bucket, server: S3Server) -> None:
    del server.buckets["files"]
    with pytest.raises(FilesAway) as told:
        the_store().open("files", "a")
    assert str(told.value) == "The bucket does not exist (NoSuchBucket)"
    assert "secret" not in repr(bucket) and told.value.__cause__ is None and told.value.__suppress_context__


_MEMORY = """
import os, resource, sys
from pathlib import Path
from coordina.core.storing.address import read_address
from coordina.core.storing.kept import store_of
store = store_of(read_address(sys.argv[1]), Path(sys.argv[2]))
store.write("files", "warm", [bytes(6 << 20)])
with store.open("files", "warm") as file:
    file.read(1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = int(sys.argv[3]) << 20
store.write("files", "big", (os.urandom(1 << 16) for _ in range(total >> 16)))
with store.open("files", "big") as file:
    read = sum(len(block) for block in iter(lambda: file.read(65536), b""))
assert read == total, read
sys.stdout.write(str((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024))
"""


def test_a_large_file_takes_no_more_memory_than_its_parts(server: S3Server, tmp_path: Path) -> None:
    """In a process of its own: 20 MB go through and come back, and its memory grows by less."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, address_of(server), str(tmp_path), "20"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": "src"},
        timeout=60,
    )
    assert not done.returncode, done.stderr
    assert int(done.stdout) < 15, f"{done.stdout} MB"
    assert server.longest <= (5 << 20) + 1  # no request or answer holds more than a part
    assert len(server.buckets["files"]["of/us/files/big"].content) == 20 << 20


def test_the_library_is_loaded_only_where_a_bucket_is_used(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from coordina.config import backup, env, restore;"
        "from coordina.core.storing.kept import store_of; store_of(env.files(), Path(sys.argv[1]));"
        "sys.exit('obstore' in sys.modules)"
    )
    environment = {name: text for name, text in os.environ.items() if name != "COORDINA_FILES"} | {"PYTHONPATH": "src"}
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert not subprocess.run(command, check=False, env=environment, timeout=60).returncode
    assert "obstore" not in (Path(module.__file__).parent / "areas.py").read_text()


@pytest.mark.parametrize("lenient", [False, True])
def test_an_empty_file_is_read_whatever_a_service_says_of_its_parts(
    bucket: Bucket, server: S3Server, lenient: bool
) -> None:
    server.lenient = lenient
    FILES.at("ab/empty").write([])
    with FILES.at("ab/empty").open() as file:
        assert file.read() == b""


def test_prefixes_are_kept_apart(bucket: Bucket, settings: Any, server: S3Server) -> None:
    FILES.at("ab/one").write([b"mine"])
    settings.FILES = replace(bucket, prefix="of")
    assert not list(FILES.entries())
    settings.FILES = replace(bucket, prefix="")
    FILES.at("ab/two").write([b"top"])
    assert set(server.buckets["files"]) == {"of/us/files/ab/one", "files/ab/two"}
