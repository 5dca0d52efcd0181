"""What every store does, a folder and a bucket alike."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coordina.core.storing.stores import Store

BIG = bytes(range(256)) * 4096 * 12 + b"end"  # 12 MB and three bytes: several requests


def _pieces(content: bytes, size: int = 70_000) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("content", [b"", b"x", BIG[: 5 << 20], BIG[: (5 << 20) + 1], BIG])
def test_what_was_written_is_read_back(store: Store, content: bytes) -> None:
    assert store.write("files", "ab/one", _pieces(content)) == len(content)
    with store.open("files", "ab/one") as file:
        assert file.read() == content
    assert store.size("files", "ab/one") == len(content)
    [entry] = store.entries("files")
    assert (entry.name, entry.size) == ("ab/one", len(content))
    assert abs(entry.written_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert not list(store.entries("imports"))


def test_a_file_is_read_from_anywhere(store: Store) -> None:
    store.write("files", "one", [BIG])
    with store.open("files", "one") as file:
        assert file.read(3) == BIG[:3]
        file.seek(11_000_000)
        assert file.read(1000) == BIG[11_000_000:11_001_000]
        file.seek(-3, 2)
        assert file.read() == b"end" and file.read() == b""
        file.seek(1)
        assert file.read(2) == BIG[1:3]


def test_what_is_not_there(store: Store) -> None:
    assert store.size("files", "ab/none") is None
    store.remove("files", "ab/none")
    with pytest.raises(FileNotFoundError):
        store.open("files", "ab/none")
    with pytest.raises(FileNotFoundError), store.local("files", "ab/none") as path:
        path.read_bytes()


@pytest.mark.parametrize("size", [10, 6 << 20])
def test_nothing_is_left_of_a_write_that_fails(store: Store, request: Any, size: int) -> None:
    def cut_off() -> Iterator[bytes]:
        yield bytes(size)
        yield bytes(size)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write("files", "ab/one", cut_off())
    assert not list(store.entries("files"))
    if "bucket" in request.fixturenames or "server" in request.fixturenames:
        server = request.getfixturevalue("server")
        assert not server.uploads  # parts that were sent are given up, too


@pytest.mark.parametrize("burn", [False, True])
def test_removed_is_removed(store: Store, burn: bool) -> None:
    store.write("files", "ab/one", [BIG[: 3 << 20]])
    store.write("files", "ab/two", [b"2"])
    store.remove("files", "ab/one", burn=burn)
    assert [entry.name for entry in store.entries("files")] == ["ab/two"]


def test_a_draft_stands_when_it_is_whole(store: Store, tmp_path: Path) -> None:
    with store.draft("exports", "7-a.zip") as path, zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a", "b")
        assert not store.size("exports", "7-a.zip")
    with store.open("exports", "7-a.zip") as file, zipfile.ZipFile(file) as packed:
        assert packed.read("a") == b"b"
    with pytest.raises(ZeroDivisionError), store.draft("exports", "8-a.zip") as path:
        path.write_bytes(bytes(1 // len(b"")))
    assert [entry.name for entry in store.entries("exports")] == ["7-a.zip"]
    assert not list(tmp_path.rglob(".passing-*")) and not list(tmp_path.rglob("*.part"))


def test_a_local_path_is_there_as_long_as_it_is_needed(store: Store, tmp_path: Path) -> None:
    store.write("imports", "a.csv", [BIG])
    with store.local("imports", "a.csv") as path:
        assert path.read_bytes() == BIG
        with path.open("rb") as one, path.open("rb") as other:
            assert one.read(1) == other.read(1)
    assert not list(tmp_path.rglob(".passing-*"))


def test_many_files_come_in_pages(store: Store, request: Any) -> None:
    names = {f"{number % 7}/{number}" for number in range(25)}
    for name in names:
        store.write("files", name, [b"x"])
    if "server" in request.fixturenames:
        request.getfixturevalue("server").page = 10
    assert {entry.name for entry in store.entries("files")} == names


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "ab/../../x", ""])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    from coordina.core.storing.kept import store_of

    with pytest.raises(FileNotFoundError):
        store_of(None, tmp_path).open("files", name)


def test_bytes_and_folders_are_on_the_disk_before_the_write_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from coordina.core.storing.kept import store_of

    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    store_of(None, tmp_path).write("files", "ab/one", [b"x"])
    top = str(tmp_path)
    assert synced == [top, f"{top}/files", f"{top}/files/ab/one", f"{top}/files/ab"]
