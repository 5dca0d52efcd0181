"""Recognise what exporters write below the data: totals, copyright lines, who made the file and when."""

import re
from collections.abc import Sequence

LONGEST = 20
"""Records that a footer may have; what is longer is data."""

_TOTAL = re.compile(r"\s*(grand\s+|sub)?(totals?|totales|suma|sum)(\s+general)?\b.{0,40}", re.IGNORECASE)


class Tail:
    """Follows the records of a file and keeps those at the end that may be its footer.

    Args:
        width: how many columns the file has.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._kept: list[tuple[int, tuple[str, ...]]] = []
        self._after_blank = False
        self._data = False

    def add(self, number: int, cells: Sequence[str], blank: bool) -> None:
        """Take the next record of the file.

        Args:
            number: which record it is.
            cells: its cells.
            blank: whether all of them are blank.
        """
        if blank:
            self._after_blank = self._data
            return
        if self._data and self._is_closing(cells):
            self._kept.append((number, tuple(cells)))
            return
        self._data = True
        self._after_blank = False
        if self._kept:
            self._kept.clear()

    def found(self) -> tuple[int, tuple[tuple[str, ...], ...]]:
        """Number of the record with which the footer begins, 0 for none, and its records."""
        if not self._kept or len(self._kept) > LONGEST:
            return 0, ()
        return self._kept[0][0], tuple(cells for _, cells in self._kept)

    def _is_closing(self, cells: Sequence[str]) -> bool:
        """Whether a record can only be a closing line: far too short, or a line of totals."""
        if self._width < 3:
            return False
        if len(cells) == self._width and cells[0] and not self._kept and not self._after_blank:
            return bool(_TOTAL.fullmatch(cells[0])) and not all(cell.strip() for cell in cells)
        filled = sum(bool(cell.strip()) for cell in cells)
        if self._after_blank or self._kept:
            return filled <= 2 < self._width or bool(_TOTAL.fullmatch(cells[0]))
        return filled == 1 and len(cells) == 1
