"""Moving all files from one store to another. Cut off, it is begun again and goes on where it was.

Nothing is taken away before everything is there and was read back.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from coordina.core.storing.kept import NAMES
from coordina.core.storing.stores import BLOCK, Store


class Damaged(Exception):
    """A file was read back as another than it was sent; nothing was taken away."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: how many files, their bytes, and how many of them had been there before."""

    files: int
    size: int
    before: int


def move(source: Store, target: Store, tell: Callable[[int], None] = lambda done: None) -> Moved:
    """Move every file.

    Args:
        source, target: From where to where; nobody may write meanwhile.
        tell: Told how many are behind.

    Raises:
        Damaged: One was read back as another.
        FilesAway: Either store cannot work.
    """
    done: list[tuple[str, str]] = []
    size = before = 0
    for area in NAMES:
        there = {each.name: each.size for each in target.entries(area)}
        for each in source.entries(area):
            before += _copied(source, target, area, each.name, there.get(each.name))
            done.append((area, each.name))
            size += each.size
            tell(len(done))
    for area, name in done:
        source.remove(area, name)
    return Moved(len(done), size, before)


def _copied(source: Store, target: Store, area: str, name: str, there: int | None) -> bool:
    """Have one file in the target; tells whether it was there, whole, already."""
    with source.open(area, name) as stream:
        wanted = _digest(stream)
    if there is not None:
        with target.open(area, name) as stream:
            if _digest(stream) == wanted:
                return True
        target.remove(area, name)
    with source.open(area, name) as stream:
        target.write(area, name, _blocks(stream))
    with target.open(area, name) as stream:
        if _digest(stream) != wanted:
            raise Damaged(f"{area}/{name}")
    return False


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    for block in _blocks(stream):
        digest.update(block)
    return digest.hexdigest()


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block
