"""Read delimited text of any make as a stream of rows; what is wrong with a row is said on the row.

`inspect` reads a file once or twice from end to end in bounded memory and returns its facts; `rows` then streams it.
A broken byte, an unclosed quote, a ragged row or a monstrous cell never stops the stream.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple, Self

from coordina.records.imports import layout
from coordina.records.imports.dialect import Dialect, sniff
from coordina.records.imports.encoding import Encoding, Source, detect, opened
from coordina.records.imports.footers import Tail
from coordina.records.imports.reasons import Code, Reason, because, from_json
from coordina.records.imports.recovery import decoded, made_readable, records

SNIFFED = 1 << 17
"""Characters at the beginning of a file by which its dialect is guessed."""

SAMPLE_ROWS = 20
"""Rows that the facts of a file keep as a sample."""


class Row(NamedTuple):
    """One row of data.

    Attributes:
        number: 1 for the first record of the file, header and lines above it included: what a spreadsheet shows.
        cells: as many texts as the file has columns, untouched but for null characters.
        problems: what is wrong with the row; empty for almost all.
        extra: cells beyond the last column, kept so that nothing is lost.
    """

    number: int
    cells: tuple[str, ...]
    problems: tuple[Reason, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What `inspect` found out about a file; enough for `rows` to read it again the same way.

    Attributes:
        encoding: codec, and whether bytes are broken or null.
        dialect: separator, quotes and escapes.
        header_row: number of the record with the column names; 0 when there is none.
        headers: unique, never empty names of the columns.
        sample: the first rows of data.
        row_count: exact number of rows of data; blank records are not counted.
        footer_row: number of the record with which closing lines or totals begin; 0 when there are none.
        footer: these closing lines.
        preamble: the lines above the header that are not blank.
        notes: what the reader of the import should know about the file as a whole.
    """

    encoding: Encoding
    dialect: Dialect
    header_row: int
    headers: tuple[str, ...]
    sample: tuple[Row, ...] = ()
    row_count: int = 0
    footer_row: int = 0
    footer: tuple[tuple[str, ...], ...] = ()
    preamble: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Reason, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """What an import run stores to read the file again; the sample, footer and preamble are left out."""
        return {
            "encoding": [self.encoding.name, self.encoding.broken, self.encoding.nuls],
            "dialect": {name: getattr(self.dialect, name) for name in Dialect.__dataclass_fields__},
            "header_row": self.header_row,
            "headers": list(self.headers),
            "row_count": self.row_count,
            "footer_row": self.footer_row,
            "notes": [note.as_json() for note in self.notes],
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The facts that `as_json` stored.

        Raises:
            KeyError, TypeError, ValueError: when it was not `as_json` that made this.
        """
        encoding, dialect, headers, notes = (stored[key] for key in ("encoding", "dialect", "headers", "notes"))
        if not (isinstance(encoding, list) and isinstance(dialect, dict)):
            raise TypeError("not the facts of a file")
        if not (isinstance(headers, list) and isinstance(notes, list)):
            raise TypeError("not the facts of a file")
        return cls(
            encoding=Encoding(*encoding),
            dialect=Dialect(**dialect),
            header_row=int(str(stored["header_row"])),
            headers=tuple(headers),
            row_count=int(str(stored["row_count"])),
            footer_row=int(str(stored["footer_row"])),
            notes=tuple(from_json(note) for note in notes),
        )


def inspect(
    source: Source, *, known: Collection[str] = (), dialect: Dialect | None = None, header: int | None = None
) -> FileFacts:
    """Find out how a file is written, where its columns are named and how many rows it has.

    Args:
        source: a path or an opener of binary streams.
        known: folded names of fields; a row that contains them is the header.
        dialect: how the file is separated, when somebody decided it.
        header: the number of the record with the names, when somebody decided it; 0 for none.
    """
    encoding = detect(source)
    with opened(source) as stream:
        text = decoded(stream, encoding)
        sniffed = text.read(SNIFFED)
        text.detach()
    dialect = dialect or sniff(made_readable(sniffed))
    head = [cells for _, cells, _ in islice(records(source, encoding, dialect), layout.LOOKED_AT)]
    if header is None:
        first = 1 if dialect.declared else 0
        found = layout.header_row(head[first:], known)
        header = 0 if found is None else found + first + 1
    names = (
        tuple(head[header - 1]) if 0 < header <= len(head) else ("",) * max((len(cells) for cells in head), default=0)
    )
    return _counted(source, encoding, dialect, header, names, head)


def _counted(
    source: Source,
    encoding: Encoding,
    dialect: Dialect,
    header: int,
    names: tuple[str, ...],
    head: list[list[str]],
) -> FileFacts:
    """Read all records once: count them, find the footer and the columns without name that hold nothing."""
    named = len(_trimmed(names))
    width = named if header else len(names)
    tail = Tail(width)
    count = 0
    for number, cells, _ in records(source, encoding, dialect):
        if number <= header or (number == 1 and dialect.declared):
            continue
        blank = not any(cells) or not any(cell.strip() for cell in cells)
        tail.add(number, cells, blank)
        if blank:
            continue
        count += 1
        if header and len(cells) > width and width < len(names):
            width = max(width, min(len(names), len(_trimmed(tuple(cells)))))
    footer_row, footer = tail.found()
    headers, notes = layout.usable_names(names[:width])
    preamble = tuple(tuple(cells) for cells in head[: max(header - 1, 0)] if any(cells))
    facts = FileFacts(
        encoding=encoding,
        dialect=dialect,
        header_row=header,
        headers=headers,
        row_count=count - len(footer),
        footer_row=footer_row,
        footer=footer,
        preamble=preamble,
    )
    said = _notes(facts, notes if header else ())
    return replace(facts, sample=tuple(islice(rows(source, facts), SAMPLE_ROWS)), notes=said)


def _notes(facts: FileFacts, names: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What to tell about a whole file."""
    notes: list[Reason] = []
    if not facts.row_count:
        notes.append(because(Code.FILE_EMPTY))
    if not facts.header_row and facts.row_count:
        notes.append(because(Code.FILE_NO_HEADER))
    if facts.preamble:
        notes.append(because(Code.FILE_PREAMBLE, row=facts.header_row))
    if facts.footer_row:
        notes.append(because(Code.FILE_FOOTER, row=facts.footer_row))
    return (*notes, *names)


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Cells up to the last one that is not blank."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def rows(source: Source, facts: FileFacts) -> Iterator[Row]:
    """Stream the rows of data of a file; memory does not grow with it.

    Short rows are filled with empty cells; what a long row has too much is in `Row.extra`. Blank records, the lines
    up to the header and the footer are left out.

    Args:
        source: what `inspect` read.
        facts: what `inspect` found.
    """
    width = len(facts.headers)
    first = max(facts.header_row, 1 if facts.dialect.declared else 0)
    check = facts.encoding.broken or facts.encoding.nuls or facts.encoding.name.startswith("utf-16")
    for number, cells, problem in records(source, facts.encoding, facts.dialect):
        if number <= first:
            continue
        if facts.footer_row and number >= facts.footer_row:
            return
        if len(cells) == width and not check and problem is None:
            if any(cells):
                row = tuple(cells)
                if row[0].strip() or any(cell.strip() for cell in row):
                    yield Row(number, row)
            continue
        if any(cell.strip() for cell in cells):
            yield _judged(number, cells, width, problem)


def _judged(number: int, cells: list[str], width: int, problem: Reason | None) -> Row:
    """A row that is not as it should be, or might not be: repaired as far as possible, with what is wrong."""
    problems = [problem] if problem is not None else []
    if any("\0" in cell for cell in cells):
        cells = [cell.replace("\0", "") for cell in cells]
        problems.append(because(Code.NUL_REMOVED))
    repaired = [made_readable(cell) for cell in cells]
    for before, after in zip(cells, repaired, strict=True):
        if before != after or "\ufffd" in after:
            problems.append(because(Code.BROKEN_BYTES, value=after))
            break
    if len(repaired) < width:
        problems.append(because(Code.ROW_SHORT, found=len(repaired), expected=width))
        repaired += [""] * (width - len(repaired))
    extra = _trimmed(tuple(repaired[width:]))
    if extra:
        problems.append(because(Code.ROW_LONG, found=width + len(extra), expected=width))
    return Row(number, tuple(repaired[:width]), tuple(problems), extra)
