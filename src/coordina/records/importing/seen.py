"""Whether something came before in a file: kept on disk, so that memory does not grow with the file."""

import json
import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from types import TracebackType
from typing import Self


class Seen:
    """A set of texts in a temporary database of its own, gone when it is closed."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA cache_size = -2000")
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE seen (mark INTEGER PRIMARY KEY)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def known(self, texts: Iterable[str]) -> set[str]:
        """Which of some texts were added before."""
        marks = {_mark(text): text for text in texts}
        sql = "SELECT mark FROM seen WHERE mark IN (SELECT value FROM json_each(?))"
        return {marks[mark] for (mark,) in self._base.execute(sql, (json.dumps(list(marks)),))}

    def add(self, texts: Iterable[str]) -> None:
        """Remember texts."""
        self._base.executemany("INSERT OR IGNORE INTO seen VALUES (?)", [(_mark(text),) for text in texts])


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)
