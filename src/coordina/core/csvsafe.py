"""Write CSV that no spreadsheet takes for formulas, and take the protection off again.

The policy, for every cell of every export and of the error file:

* A text that a spreadsheet might run (it begins, after blanks and invisible marks, with ``=``, ``+``, ``-``, ``@`` or
  their full-width forms, or it begins with a tab or a line end) gets an apostrophe in front.
* Real signed numbers stay as they are, with their decimal and thousands signs, percent and currency signs, because
  people calculate with them; so do telephone numbers of the form ``+34 600 123 123`` (a plus, a country code, digits
  and blanks) and a lone dash. None of these has an operator between its digits, so none can be a formula.
* A text that already begins with an apostrophe before such a beginning gets a second one, so that `export_plain`
  gives back exactly what was exported.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

_INVISIBLE = " \u00a0\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_STARTERS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\u2212\t\r\n")
_NUMBER = re.compile(
    r"[+-]?[0-9]{1,3}(?:[0-9]*|(?:[.,'  ][0-9]{3})*)(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?[  ]?[%€$£]?"
)
_PHONE = re.compile(r"\+[1-9][0-9]{0,3}(?:[  ]?[0-9]{1,5}){2,6}")


def export_safe(value: object) -> str:
    """The text of a cell that no spreadsheet runs as a formula; None is empty.

    >>> export_safe("=1+1"), export_safe("-12,5 %"), export_safe("+34 600 123 123"), export_safe("-2+3")
    ("'=1+1", '-12,5 %', '+34 600 123 123', "'-2+3")
    """
    text = "" if value is None else str(value)
    return f"'{text}" if _needs_mark(text) else text


def export_plain(text: str) -> str:
    """What `export_safe` was given: the apostrophe is taken off again where, and only where, it protects."""
    return text[1:] if text[:1] == "'" and _needs_mark(text[1:]) else text


def _needs_mark(text: str) -> bool:
    """Whether a text, apostrophes at its beginning not counted, might be run."""
    bare = text.lstrip("'").lstrip(_INVISIBLE)
    if not bare or bare[0] not in _STARTERS:
        return False
    return not (text == "-" or _NUMBER.fullmatch(text) or _PHONE.fullmatch(text))


def write_rows(
    stream: TextIO, headers: Sequence[object], rows: Iterable[Sequence[object]], delimiter: str = ","
) -> int:
    """Write a table with every cell protected and return how many rows were written.

    Args:
        stream: opened with ``newline=""``; with the encoding ``utf-8-sig`` spreadsheets show accents as they are.
        headers: names of the columns.
        rows: may be a generator; nothing is kept.
        delimiter: one character between cells.
    """
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([export_safe(header) for header in headers])
    count = 0
    for row in rows:
        count += 1
        writer.writerow([export_safe(cell) for cell in row])
    return count


def write_errors(
    target: Path | str | TextIO,
    headers: Sequence[str],
    rows_with_reasons: Iterable[tuple[int, Sequence[str], Iterable[Any]]],
    delimiter: str = ",",
) -> int:
    """Write the error file of an import: the rows as they were, and behind them their number and what is wrong.

    It can be corrected and imported again: the columns stand where they stood, and the two further ones are ignored.

    Args:
        target: a path, or a text stream opened with ``newline=""``.
        headers: names of the columns of the imported file.
        rows_with_reasons: number, cells and reasons of each row; reasons become text in the active language.
        delimiter: one character between cells.

    Returns:
        How many rows were written.
    """
    names = [*headers, _("Row"), _("What is wrong")]
    width = len(headers)

    def lines() -> Iterable[list[str]]:
        for number, cells, reasons in rows_with_reasons:
            padded = [_writable(cell) for cell in cells[:width]] + [""] * (width - len(cells))
            yield [*padded, str(number), " ".join(str(reason) for reason in reasons)]

    if isinstance(target, Path | str):
        with Path(target).open("w", encoding="utf-8-sig", newline="") as stream:
            return write_rows(stream, names, lines(), delimiter)
    return write_rows(target, names, lines(), delimiter)


def _writable(cell: str) -> str:
    """A cell without what UTF-8 or a spreadsheet cannot hold: lone surrogates and null characters."""
    return cell.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
