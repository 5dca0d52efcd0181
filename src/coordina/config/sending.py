"""The files of a restored backup on their way into a bucket: first all of them, then what was there steps aside."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from coordina.core.storing.stores import BLOCK, FilesAway, Store

AREA = "files"


def send(store: Store, files: Path) -> set[str]:
    """Write the files of a folder into the store; gives their names. Where it fails, none is left behind.

    A name is used for one content only, so a file that is there with its size is the same. Raises FilesAway.
    """
    there = {each.name: each.size for each in store.entries(AREA)}
    names = {path.relative_to(files).as_posix(): path for path in files.rglob("*") if path.is_file()}
    sent: list[str] = []
    try:
        for name, path in sorted(names.items()):
            if there.get(name) != path.stat().st_size:
                sent.append(name)
                store.write(AREA, name, _blocks(path))
    except BaseException:
        with suppress(FilesAway):  # what cannot be taken away now is swept up later
            for name in sent:
                if name not in there:
                    store.remove(AREA, name)
        raise
    return set(names)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def put_aside(store: Store, kept: set[str], folder: str) -> int:
    """Give all other files a name below a folder of the bucket; gives how many. Raises FilesAway."""
    others = [each.name for each in store.entries(AREA) if each.name not in kept]
    for name in others:
        store.step_aside(AREA, name, folder)
    return len(others)
