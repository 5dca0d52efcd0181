"""The areas of files, and the store that holds them here."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from coordina.core.storing.address import Bucket
from coordina.core.storing.folder import FolderStore
from coordina.core.storing.kept import NAMES, store_of
from coordina.core.storing.stores import Entry, Store


@dataclass(frozen=True, slots=True)
class Stored:
    """The place of one file, whether it is there or not. Methods raise FilesAway while the store cannot work."""

    area: str
    name: str

    def write(self, chunks: Iterable[bytes]) -> int:
        """Write it, for good when this returns; gives its bytes."""
        return the_store().write(self.area, self.name, chunks)

    def open(self) -> BinaryIO:
        """Its bytes, for reading from anywhere. Raises FileNotFoundError."""
        return the_store().open(self.area, self.name)

    def size(self) -> int | None:
        """Its bytes; None where it is not there."""
        return the_store().size(self.area, self.name)

    def remove(self, *, burn: bool = False) -> None:
        """Take it away, where it is there; `burn` overwrites what a disk would keep of it."""
        the_store().remove(self.area, self.name, burn=burn)

    def local(self) -> AbstractContextManager[Path]:
        """A path at which it can be read as long as the block lasts. Raises FileNotFoundError."""
        return the_store().local(self.area, self.name)

    def draft(self) -> AbstractContextManager[Path]:
        """A path for writing; it stands in its place when the block ends, unless the block raises."""
        return the_store().draft(self.area, self.name)


@dataclass(frozen=True, slots=True)
class Area:
    """A kind of files: a folder below the data folder, or below the prefix of the bucket."""

    name: str

    def at(self, name: str) -> Stored:
        """The place of a file."""
        return Stored(self.name, name)

    def entries(self) -> Iterator[Entry]:
        """Every file in it."""
        return the_store().entries(self.name)


AREAS = FILES, IMPORTS, EXPORTS = tuple(Area(name) for name in NAMES)
"""What people keep with records; what they import, with tables that were written out of it; and what jobs write for
somebody, who fetches it within two days."""


def data_folder() -> Path:
    """Where what is not in a bucket is: database and, unless there is one, files."""
    return Path(settings.DATA_DIR)


def the_store() -> Store:
    """The store of this installation."""
    bucket: Bucket | None = settings.FILES
    data = Path(settings.DATA_DIR)
    if bucket is None:
        return FolderStore({a.name: Path(settings.MEDIA_ROOT) if a is FILES else data / a.name for a in AREAS})
    return store_of(bucket, data)
