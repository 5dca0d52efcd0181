"""Find the row with the column names, and make these names usable."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from coordina.records.imports.folding import folded
from coordina.records.imports.reasons import Code, Reason, because

LOOKED_AT = 40
"""Records at the beginning of a file among which the header is looked for."""

ENOUGH = 0.4
"""How much a record must look like names to be the header."""

_DATA = re.compile(
    r"""\s*(?:
        [-+(]?[\s]*[$€£]?\s*\d[\d.,'\s]*\s*[%€$£)]?      # numbers and money
      | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*                # dates
      | \d{1,2}:\d{2}.*                                  # times
      | \S+@\S+\.\S+                                     # e-mail
      | https?://\S+                                     # address
      | (?:true|false|yes|no|sí|null|n/a)                # answers
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)


def header_row(records: Sequence[Sequence[str]], known: Collection[str] = ()) -> int | None:
    """Index of the record that holds the column names, or None when every record looks like data.

    A header is as wide as the rows below it, filled, made of short distinct texts that are no numbers, dates or
    addresses. Names that are known beforehand weigh most.

    Args:
        records: the first records of the file, blank ones included.
        known: folded names of fields, as far as they are known (see `folding.folded`).
    """
    widths = Counter(_last_filled(cells) for cells in records if any(cell.strip() for cell in cells))
    if not widths:
        return None
    width = max(widths, key=lambda size: (widths[size] * min(size, 4), size))
    best, best_score = None, 0.0
    for place, cells in enumerate(records[:LOOKED_AT]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled or (width > 1 and len(filled) < 2):
            continue
        score = _looks_like_names(cells, filled, width)
        score += sum(folded(cell) in known for cell in filled) / len(filled)
        if score > best_score + (0.25 if best is not None else 0.0):
            best, best_score = place, score
    return best if best_score >= ENOUGH else None


def _last_filled(cells: Sequence[str]) -> int:
    """Number of cells up to the last one that is not blank."""
    for place in range(len(cells), 0, -1):
        if cells[place - 1].strip():
            return place
    return 0


def _looks_like_names(cells: Sequence[str], filled: Sequence[str], width: int) -> float:
    """How much one record looks like column names, from 0 to 1."""
    if any(_DATA.fullmatch(cell) for cell in filled if not _year(cell)):
        return 0.0
    fits = min(len(filled) / _last_filled(cells), len(filled) / width, 1.0)
    distinct = 0.5 + 0.5 * len({cell.casefold() for cell in filled}) / len(filled)
    short = sum(len(cell) <= 80 for cell in filled) / len(filled)
    return fits * distinct * short


def _year(cell: str) -> bool:
    """Whether a cell is a bare year: the one number that people use as a column name."""
    return bool(re.fullmatch(r"(?:19|20)\d\d", cell))


def letters(place: int) -> str:
    """The letters of a column as spreadsheets count: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def usable_names(raw: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Make column names unique and never empty, visibly, and say what was changed.

    An empty name becomes the letter in brackets, a repeated one gets a number in parentheses.

    Args:
        raw: the names as they stand in the file.
    """
    names: list[str] = []
    reasons: list[Reason] = []
    taken: set[str] = set()
    repeated: set[str] = set()
    for place, cell in enumerate(raw):
        name = " ".join(cell.replace("\ufeff", "").replace("\0", "").split())
        if not name:
            name = f"[{letters(place)}]"
            reasons.append(because(Code.HEADER_EMPTY, value=letters(place)))
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{name} ({number})"
        if number > 1 and name.casefold() not in repeated:
            repeated.add(name.casefold())
            reasons.append(because(Code.HEADER_REPEATED, value=name))
        taken.add(unique.casefold())
        names.append(unique)
    return tuple(names), tuple(reasons)
