"""Guess how a delimited text is written: separator, quotes, escapes."""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

COMMON = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.95}
"""Usual separators and how far they are trusted."""

RARE = {"\x1f": 0.9, "¦": 0.8, "§": 0.8, "^": 0.7, "~": 0.7, "#": 0.35, ":": 0.3}
"""Separators that only win when no usual one explains the text."""

MAX_CELL = 1_000_000
"""Characters of one cell; longer ones are taken as a quote that never closes."""

_EXCEL_HINT = re.compile(r"\A\ufeff?\"?sep=(.)\"?[ \t]*[\r\n]", re.IGNORECASE)

csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells and rows are separated.

    Attributes:
        delimiter: one character between cells.
        quote: the character around texts.
        escape: the character that makes a following quote literal, or "" when quotes are doubled.
        padded: whether blanks after a separator do not belong to the cell.
        declared: whether the first line is an Excel ``sep=`` line, which is no data.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    padded: bool = False
    declared: bool = False

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Cells of each record of some lines, which keep their line ends.

        Args:
            lines: the text.
            strict: raise `csv.Error` where quotes are not used properly.
        """
        options: dict[str, Any] = {"escapechar": self.escape or None, "doublequote": True, "strict": strict}
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.padded, **options
        )

    def literal(self, line: str) -> list[str]:
        """Cells of one line in which quotes mean nothing."""
        return line.rstrip("\r\n").split(self.delimiter)


def sniff(sample: str) -> Dialect:
    """Guess the dialect of a sample of text.

    The separator is the one that cuts the most rows into the same number of cells, more cells counting more; a
    separator that appears inside quotes therefore never counts. A single column is read as separated by commas.

    Args:
        sample: the beginning of the text, of any length; a cut last line is ignored.
    """
    if hint := _EXCEL_HINT.match(sample):
        delimiter = hint[1]
        return _finished(sample, delimiter, declared=True)
    whole = sample
    if len(sample) > 10_000 and (end := max(sample.rfind("\n"), sample.rfind("\r"))) > 0:
        whole = sample[: end + 1]
    best = next((mark for mark in COMMON if not _is_prose(whole, mark)), "\x1f")
    best_score = 0.0
    for delimiter, trust in (COMMON | RARE).items():
        if (
            delimiter in whole
            and not _is_prose(whole, delimiter)
            and (score := trust * _consistency(whole, _finished(whole, delimiter))) > best_score
        ):
            best, best_score = delimiter, score
    return _finished(whole, best)


def _is_prose(sample: str, delimiter: str) -> bool:
    """Whether a separator only stands as punctuation inside a single column: never in its name, always with a blank."""
    first = next((line for line in sample.splitlines() if line.strip()), "")
    marks = sample.count(delimiter)
    return delimiter in ",;:" and marks > 0 and delimiter not in first and sample.count(f"{delimiter} ") == marks


def _consistency(sample: str, dialect: Dialect) -> float:
    """How evenly a dialect cuts a sample: the share of rows of the usual width, squared, times that width's weight."""
    widths: Counter[int] = Counter()
    try:
        for cells in dialect.reader(sample.splitlines(keepends=True)):
            if any(cells):
                widths[len(cells)] += 1
    except csv.Error:
        return 0.0
    best = 0.0
    total = sum(widths.values())
    for width, rows in widths.items():
        if width > 1:
            best = max(best, (rows / total) ** 2 * (0.5 + math.log2(width)))
    return best


def _finished(sample: str, delimiter: str, *, declared: bool = False) -> Dialect:
    """The dialect of a sample whose separator is known: which quotes and escapes it uses."""
    mark = re.escape(delimiter)
    edge = rf"(?:^|{mark})"
    double = len(re.findall(rf'{edge}[ ]*"', sample, re.MULTILINE))
    single = len(re.findall(rf"{edge}'[^'\r\n]*'(?={mark}|\r?$)", sample, re.MULTILINE))
    quote = "'" if single > 2 and double == 0 else '"'
    escaped = len(re.findall(rf"\\{quote}(?!\s*(?:{mark}|$))", sample, re.MULTILINE))
    doubled = len(re.findall(rf"[^{mark}\s{quote}]{quote}{quote}(?!\s*(?:{mark}|$))", sample, re.MULTILINE))
    tight = len(re.findall(rf"{mark}{quote}", sample))
    loose = len(re.findall(rf"{mark} +{quote}", sample))
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        escape="\\" if double + single and escaped > doubled else "",
        padded=loose > tight,
        declared=declared,
    )
