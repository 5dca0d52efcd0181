"""What every store can do, and what it says when it cannot."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 1 << 20
"""Bytes that are copied at once."""
SCRATCH = ".passing-"
"""Begins the name of what stands in the data folder on its way to a bucket."""


class Trouble(StrEnum):
    """Why a store cannot work."""

    SILENT = "does not answer"
    REFUSED = "refuses the keys"
    NO_BUCKET = "does not exist"
    FAILED = "answers with a fault"


class FilesAway(Exception):
    """The store of files cannot work now; nothing was lost, and the same may be tried again.

    Attributes:
        trouble: Why.
        code: What the service calls it, such as `SignatureDoesNotMatch`; empty where it said nothing.
    """

    def __init__(self, trouble: Trouble, code: str = "") -> None:
        super().__init__(f"The bucket {trouble}" + (f" ({code})" if code else ""))
        self.trouble, self.code = trouble, code


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a store lists it.

    Attributes:
        name: Below its area, with slashes.
        size: In bytes.
        written_at: When it was written, by the clock of the store.
    """

    name: str
    size: int
    written_at: datetime


class Store(Protocol):
    """Keeps bytes by area and name. Every method raises FilesAway while the store cannot work."""

    def write(self, area: str, name: str, chunks: Iterable[bytes]) -> int:
        """Write a new file, for good when this returns, and give its bytes; nothing is left where `chunks` raises."""

    def open(self, area: str, name: str) -> BinaryIO:
        """The bytes, for reading from anywhere. Raises FileNotFoundError."""

    def size(self, area: str, name: str) -> int | None:
        """Bytes of a file; None where there is none."""

    def remove(self, area: str, name: str, *, burn: bool = False) -> None:
        """Take a file away, where it is there; `burn` overwrites what a disk would keep of it."""

    def entries(self, area: str) -> Iterator[Entry]:
        """Every file of an area, in no order."""

    def local(self, area: str, name: str) -> AbstractContextManager[Path]:
        """A path at which the file can be read as long as the block lasts. Raises FileNotFoundError."""

    def draft(self, area: str, name: str) -> AbstractContextManager[Path]:
        """A path for writing; at the end of the block the file stands under its name, unless the block raises."""

    def step_aside(self, area: str, name: str, folder: str) -> None:
        """Give a file a name outside every area, below a folder. Raises FileNotFoundError."""

    def trouble(self, patience: float) -> FilesAway | None:
        """What is wrong with the store now, asked for at most so many seconds; None where it works."""

    def __str__(self) -> str:
        """Where it is, without secrets."""
