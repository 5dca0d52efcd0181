"""Foreign makes of files as plain tables: sheets of spreadsheets and business cards are written out as text once.

From then on every import reads the same kind of file.
"""

import csv
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.utils.translation import ngettext

from coordina.records.importing.files import TABLE, place_of, places_of, stem_of
from coordina.records.imports import vcards, workbooks
from coordina.records.imports.dialect import MAX_CELL, Dialect
from coordina.records.imports.reasons import Code, because
from coordina.records.models import ImportRun

PLAIN = Dialect()
MOST_ROWS, MOST_CELLS = 1_048_576, 30_000_000
"""As many rows as a sheet has; more cells than a sheet of people ever holds."""


def source(run: ImportRun) -> AbstractContextManager[Path]:
    """The table of a run, for as long as the block lasts: the upload itself, or what was written out of it."""
    return place_of(str(run.facts.get("table") or run.path)).local()


def convert(run: ImportRun) -> dict[str, Any]:
    """Write out what is no plain text.

    Returns:
        What the run's facts keep: `table` (file name), `typed`, `sheets` and `sheet`; nothing for plain text.

    Raises:
        workbooks.Unreadable: The file cannot be read.
    """
    with place_of(run.path).local() as path:
        return _converted(run, path)


def _converted(run: ImportRun, path: Path) -> dict[str, Any]:
    if vcards.is_cards(path):
        rows, left = vcards.rows_of(path)
        facts = {"table": _written(run, [list(vcards.COLUMNS), *rows]), "make": "vcard"}
        if left:
            text = ngettext("%(n)d picture or key is not imported.", "%(n)d pictures or keys are not imported.", left)
            facts["remark"] = text % {"n": left}
        return facts
    if workbooks.is_workbook(path):
        return _sheet(run, path)
    with path.open("rb") as stream:
        if stream.read(4) == workbooks.ZIPPED:
            raise workbooks.Unreadable(because(Code.BOOK_BROKEN))
    return {}


def _sheet(run: ImportRun, path: Path) -> dict[str, Any]:
    """The chosen sheet; without a choice the first that shows more than one row, else the first that has any."""
    there = workbooks.sheets(path)
    names = [each.name for each in there]
    chosen = str(run.facts.get("sheet", ""))
    shown = [each.name for each in there if not each.hidden] or names
    tried = [chosen] if chosen in names else shown
    for name in [*tried, *tried[:1]]:
        table = _written(run, workbooks.rows_of(path, name))
        if chosen or _rows(table) > 1:
            break
    return {"table": table, "typed": True, "sheets": names, "sheet": name}


def _rows(table: str) -> int:
    """Lines of a table that are not empty, as far as the second."""
    with place_of(table).open() as stream:
        found = 0
        for line in stream:
            found += bool(line.strip(b',"\r\n '))
            if found > 1:
                break
    return found


def _written(run: ImportRun, rows: Iterable[Sequence[str]]) -> str:
    """Write rows as the table of a run; gives its name."""
    name = stem_of(run.path) + TABLE
    cells = 0
    with place_of(name).draft() as half, half.open("w", encoding="utf-8", newline="") as stream:
        line = csv.writer(stream, lineterminator="\r\n")
        for count, row in enumerate(rows, 1):
            cells += len(row)
            if count > MOST_ROWS or cells > MOST_CELLS:
                raise workbooks.Unreadable(because(Code.BOOK_HUGE, limit=workbooks.UNPACKED // 1_000_000))
            line.writerow([cell[:MAX_CELL] for cell in row])
    return name


def forget(run: ImportRun) -> None:
    """Remove the files of a run."""
    for place in places_of(run):
        place.remove()


__all__ = ["PLAIN", "convert", "forget", "source"]
