"""Which store holds the files, by what `COORDINA_FILES` says; without Django, so that backups stand on their own."""

from functools import cache
from pathlib import Path

from coordina.core.storing.address import Bucket
from coordina.core.storing.folder import FolderStore
from coordina.core.storing.stores import Store

MARK = "files-are-in"
"""Stands in the data folder while files are in a bucket, and says in which; it holds no secret."""
NAMES = ("files", "imports", "exports")
"""The areas: folders below the data folder, or below the prefix of the bucket."""


def store_of(bucket: Bucket | None, data: Path) -> Store:
    """The store in a bucket, or below a data folder where there is none.

    Args:
        data: The data folder; copies for a moment stand in it, too.
    """
    return FolderStore({name: data / name for name in NAMES}) if bucket is None else _store_in(bucket, data)


@cache
def _store_in(bucket: Bucket, data: Path) -> Store:
    """The store in a bucket; its library is loaded only now."""
    from coordina.core.storing.bucket import BucketStore

    return BucketStore(bucket, data)


def contradiction(bucket: Bucket | None, data: Path, *, empty: bool = True) -> str:
    """Why files are not where they are said to be, in one line; empty where nothing speaks against it.

    Args:
        bucket: What `COORDINA_FILES` says; None for the folder.
        data: The data folder; a note in it says in which bucket files were kept last.
        empty: Refuse a bucket, too, while files stand in the folder and no note tells of a bucket.
    """
    mark = data / MARK
    noted = mark.read_text().strip() if mark.exists() else ""
    if noted and noted != str(bucket or ""):
        return (
            f"The files of {data} are in {noted}: set COORDINA_FILES to it, or move them with ./run manage move_files. "
            f"If that is the same place under another name, remove {mark}."
        )
    if bucket is not None and not noted and empty and any(True for _each in store_of(None, data).entries(NAMES[0])):
        return f"There are files in {data / NAMES[0]}: move them first, ./run manage move_files --from folder --to …"
    return ""


def note(bucket: Bucket | None, data: Path) -> None:
    """Leave word in the data folder of the bucket in which files are kept from now on, or that they are not."""
    mark = data / MARK
    if bucket is None:
        mark.unlink(missing_ok=True)
    elif not mark.exists() or mark.read_text().strip() != str(bucket):
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(f"{bucket}\n")


def forget() -> None:
    """Connect anew next time: for tests."""
    _store_in.cache_clear()
