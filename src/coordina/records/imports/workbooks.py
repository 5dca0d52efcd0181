"""Read the sheets of spreadsheets: Excel (xlsx, xlsm, xlsb, xls) and LibreOffice (ods), values and not formulas.

A sheet becomes rows of text that can be read in one way only: days as 2024-12-31, numbers with a decimal point. Memory
is bounded by what a workbook may unpack to, which is looked at before it is opened.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

from coordina.records.imports.reasons import Code, Reason, because

ZIPPED = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED = 300_000_000
"""Bytes that the parts of a workbook may have together once they are unpacked."""
PARTS = 2000
"""Parts that a workbook may have."""
_MARKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""Parts by which a zipped workbook is known."""


class Unreadable(Exception):
    """A file that cannot be opened as what it says it is.

    Attributes:
        reason: Why, for its reader.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason.code))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes:
        hidden: Whether the spreadsheet does not show it.
    """

    name: str
    hidden: bool


def is_workbook(path: Path) -> bool:
    """Whether a file is a spreadsheet, by its first bytes and, where it is zipped, by its parts."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == OLE:
        return True
    if not head.startswith(ZIPPED):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return any(name in _MARKS for name in packed.namelist()[:PARTS])
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def sheets(path: Path) -> list[Sheet]:
    """The sheets that hold cells, in the order of the workbook; charts and macros are none.

    Raises:
        Unreadable: It is broken, locked with a password or would unpack to too much.
    """
    with _opened(path) as book:
        visible = calamine.SheetVisibleEnum.Visible
        return [
            Sheet(each.name, each.visible != visible)
            for each in book.sheets_metadata
            if each.typ == calamine.SheetTypeEnum.WorkSheet
        ]


def rows_of(path: Path, name: str) -> Iterator[list[str]]:
    """The rows of one sheet as text, the empty ones above and between them too, so that row 7 stays row 7.

    Raises:
        Unreadable: As `sheets`, or when there is no such sheet.
    """
    with _opened(path) as book:
        try:
            sheet = book.get_sheet_by_name(name)
        except Exception as error:  # whatever a hostile or broken file makes the reader say
            raise Unreadable(because(Code.SHEET_BROKEN, value=name)) from error
        for row in sheet.iter_rows():
            yield [text_of(cell) for cell in row]


def _opened(path: Path) -> Any:
    """The workbook, once it is known that it does not unpack to more than fits."""
    refuse_bomb(path)
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise Unreadable(because(Code.BOOK_LOCKED)) from error
    except Exception as error:  # whatever a hostile or broken file makes the reader say
        raise Unreadable(because(Code.BOOK_BROKEN)) from error


def refuse_bomb(path: Path, limit: int = UNPACKED) -> None:
    """Refuse a packed file that would unpack to too much, by what it says of itself.

    Raises:
        Unreadable: It would, or it is broken.
    """
    with path.open("rb") as stream:
        if not stream.read(4).startswith(ZIPPED):
            return
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(because(Code.BOOK_BROKEN)) from error
    if len(parts) > PARTS or sum(part.file_size for part in parts) > limit:
        raise Unreadable(because(Code.BOOK_HUGE, limit=limit // 1_000_000))


def text_of(cell: object) -> str:
    """A typed cell as a text that means only this: no separator of thousands, no order of day and month to guess."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S") if cell.time() != time() else cell.strftime("%Y-%m-%d")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


def _number(cell: float | int) -> str:
    if isinstance(cell, int):
        return str(cell)
    if cell != cell or cell in (float("inf"), float("-inf")):
        return ""
    if cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return f"{cell:.10f}".rstrip("0") if 1e-6 < abs(cell) < 1e15 else repr(cell)
