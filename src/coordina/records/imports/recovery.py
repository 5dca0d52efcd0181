"""Turn a byte stream into records of cells, come what may: broken bytes, quotes that never close, monstrous cells."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Self

from coordina.records.imports.dialect import MAX_CELL, Dialect
from coordina.records.imports.encoding import Encoding, Source, opened
from coordina.records.imports.reasons import Code, Reason, because

MAX_LINE = 4 * MAX_CELL
"""Characters of one line; a longer line is cut into several."""

MAX_RECORD = 2_000
"""Lines of one record; a longer one is taken as a quote that never closes."""

MAX_RECORD_DISTRUSTED = 50
"""The same, once `TRUSTED` quotes of a file have turned out never to close: reading again stays cheap."""

_END_OF_FILE = "\x1a"

TRUSTED = 20
"""Quotes that never close, up to which a file is looked at with patience."""


def made_readable(text: str) -> str:
    """Text in which each byte that did not belong to the encoding is read as cp1252, or shown as U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        parts = (
            char.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
            if "\udc80" <= char <= "\udcff"
            else ("\ufffd" if "\ud800" <= char <= "\udfff" else char)
            for char in text
        )
        return "".join(parts)
    return text


def decoded(stream: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    """The stream as text with its line ends; broken bytes become lone surrogates (see `made_readable`) or U+FFFD."""
    wide = encoding.name.replace("_", "-").startswith(("utf-16", "utf-32"))  # both spellings are in use
    errors = "replace" if wide else "surrogateescape"
    return io.TextIOWrapper(stream, encoding=encoding.name, errors=errors, newline="")


class _Lines:
    """Lines of a text, remembering those of the current record so that they can be read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._returns = 0
        self.record: list[str] = []

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self.record) >= (MAX_RECORD if self._returns < TRUSTED else MAX_RECORD_DISTRUSTED):
            raise csv.Error("too many lines in one record")
        line = self._again.popleft() if self._again else self._text.readline(MAX_LINE)
        if not line or line == _END_OF_FILE:
            raise StopIteration
        self.record.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Let these lines come next."""
        self._returns += 1
        self._again.extendleft(reversed(lines))


def records(source: Source, encoding: Encoding, dialect: Dialect) -> Iterator[tuple[int, list[str], Reason | None]]:
    """Number, cells and, if it could not be read as it stands, the reason, of every record, blank ones included."""
    with opened(source) as stream:
        lines = _Lines(decoded(stream, encoding))
        reader = dialect.reader(lines)
        number = usual = 0
        while True:
            lines.record = []
            problem: Reason | None = None
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, problem = _first_line(lines, dialect, usual)
            else:
                if cells is None:
                    return
                if len(lines.record) > 1 and _swallowed(lines.record, cells, dialect, usual):
                    cells, problem = _first_line(lines, dialect, usual)
            number += 1
            if problem is None and len(cells) > 1:
                usual = len(cells)
            yield number, cells, problem


def _swallowed(record: list[str], cells: list[str], dialect: Dialect, usual: int) -> bool:
    """Whether a record of several lines looks like one whose quote never closes, or closes at a later stray quote."""
    first_fits = bool(usual) and len(dialect.literal(record[0])) == usual
    if len(cells) != usual and first_fits:
        return True
    inner = record[1:-1]
    if usual > 2 and len(inner) > 4:
        complete = sum(len(dialect.literal(line)) == usual for line in inner)
        if complete > 0.9 * len(inner):
            return True
    try:
        list(dialect.reader(record, strict=True))
    except csv.Error:
        return first_fits or sum(line.count(dialect.quote) for line in record) % 2 == 1
    return False


def _first_line(lines: _Lines, dialect: Dialect, usual: int) -> tuple[list[str], Reason]:
    """Read the first line of the current record alone, its quotes literally if need be; the others come again."""
    first, *others = lines.record
    lines.put_back(others)
    cells = dialect.literal(first)
    try:
        alone = next(dialect.reader([first]), [])
    except csv.Error:
        alone = []
    if len(alone) == usual != len(cells):
        cells = alone
    if any(len(cell) > MAX_CELL for cell in cells):
        return [cell[:MAX_CELL] for cell in cells], because(Code.CELL_TOO_LARGE, limit=MAX_CELL)
    return cells, because(Code.BROKEN_QUOTES)
