"""Files in folders of this machine: on the disk, with the folder that names them, before anybody is told of them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from coordina.core.storing.stores import BLOCK, Entry, FilesAway

PART = ".part"
"""Ends the name of a file that is being written."""


class FolderStore:
    """A folder for each area.

    Args:
        folders: By area.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def __str__(self) -> str:
        return str(self._folders["files"])

    def place(self, area: str, name: str) -> Path:
        """Where a file is. Raises FileNotFoundError for a name that leads elsewhere."""
        inside = PurePosixPath(name)
        if not name or inside.is_absolute() or ".." in inside.parts or "\0" in name:
            raise FileNotFoundError(name)
        return self._folders[area] / inside

    def write(self, area: str, name: str, chunks: Iterable[bytes]) -> int:
        """Write a new file; see `Store`. Raises FileExistsError."""
        place, size = self.place(area, name), 0
        _make(place.parent)
        with place.open("xb") as stream:
            try:
                place.chmod(0o600)
                for chunk in chunks:
                    size += stream.write(chunk)
                _settle(stream)
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        sync_folder(place.parent)
        return size

    def open(self, area: str, name: str) -> BinaryIO:
        """The bytes; see `Store`."""
        return self.place(area, name).open("rb")

    def size(self, area: str, name: str) -> int | None:
        """Bytes of a file; see `Store`."""
        place = self.place(area, name)
        return place.stat().st_size if place.is_file() else None

    def remove(self, area: str, name: str, *, burn: bool = False) -> None:
        """Take a file away; see `Store`."""
        place = self.place(area, name)
        try:
            if burn:
                _overwrite(place)
            place.unlink()
        except (FileNotFoundError, IsADirectoryError):
            return
        sync_folder(place.parent)

    def entries(self, area: str) -> Iterator[Entry]:
        """Every file; see `Store`."""
        folder = self._folders[area]
        for path in sorted(folder.rglob("*")):
            try:
                if path.is_file() and not path.is_symlink():
                    facts = path.stat()
                    written = datetime.fromtimestamp(facts.st_mtime, UTC)
                    yield Entry(path.relative_to(folder).as_posix(), facts.st_size, written)
            except FileNotFoundError:  # taken away since the folder was listed
                continue

    @contextmanager
    def local(self, area: str, name: str) -> Iterator[Path]:
        """The file itself; see `Store`."""
        yield self.place(area, name)

    @contextmanager
    def draft(self, area: str, name: str) -> Iterator[Path]:
        """A file beside, put in place at the end; see `Store`."""
        place = self.place(area, name)
        half = place.with_name(place.name + PART)
        _make(place.parent)
        try:
            half.touch(mode=0o600)
            yield half
            with half.open("rb+") as stream:
                _settle(stream)
            half.replace(place)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        sync_folder(place.parent)

    def step_aside(self, area: str, name: str, folder: str) -> None:
        """Move a file out of its area; see `Store`."""
        place = self.place(area, name)
        target = self._folders[area].parent / folder / area / name
        _make(target.parent)
        place.rename(target)
        sync_folder(target.parent)

    def tidy(self) -> None:
        """Remove folders that hold nothing any more."""
        for top in self._folders.values():
            for folder, _folders, _names in os.walk(top, topdown=False):
                with suppress(OSError):  # it holds something
                    Path(folder).rmdir()

    def trouble(self, patience: float) -> FilesAway | None:
        """A folder is always there."""
        return None


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each kept by the disk."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def _settle(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _overwrite(place: Path) -> None:
    size = place.stat().st_size
    with place.open("r+b") as file:
        for start in range(0, size, BLOCK):
            file.write(bytes(min(BLOCK, size - start)))
        _settle(file)
