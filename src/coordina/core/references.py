"""References people say on the phone: a prefix and a number, such as `OPP-000123`. Numbering is elsewhere."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordina.core.refusals import Refusal

WIDTH = 6
"""Digits a reference is padded to; larger numbers simply take more."""

_REFERENCE = re.compile(r"([A-Z]{2,6})[\s\-–_]?([0-9]{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference taken apart.

    Args:
        prefix: Two to six capital letters, one series each.
        number: Position in the series, from 1.
    """

    prefix: str
    number: int

    def __str__(self) -> str:
        return format_reference(self.prefix, self.number)


def format_reference(prefix: str, number: int, width: int = WIDTH) -> str:
    """Write a reference: `format_reference("OPP", 123)` is `OPP-000123`.

    Raises:
        ValueError: the number is not positive, or the prefix is not two to six capital letters.
    """
    if number < 1 or not re.fullmatch("[A-Z]{2,6}", prefix):
        raise ValueError(f"No reference can be made of {prefix!r} and {number!r}")
    return f"{prefix}-{number:0{width}d}"


def find_reference(text: str) -> Reference | None:
    """Read a reference as people type it (`opp 123`, `OPP-000123`, `opp123`), None if the text is none.

    For search boxes: the answer is a guess to look up, not a promise that the record exists.
    """
    match = _REFERENCE.fullmatch(text.strip().upper())
    if not match or int(match[2]) == 0:
        return None
    return Reference(match[1], int(match[2]))


def parse_reference(text: str, prefix: str) -> int:
    """Number of a reference of one series; the bare number will do.

    Raises:
        Refusal: `reference`, with an example of what would be right.
    """
    found = find_reference(text)
    bare = text.strip()
    if found is None and bare.isascii() and bare.isdigit() and 0 < int(bare[:13]) < 10**12:
        found = Reference(prefix, int(bare))
    if found is None or found.prefix != prefix:
        raise Refusal(
            "reference",
            _("“%(text)s” is not a reference. Write it like %(example)s.")
            % {"text": text[:40], "example": format_reference(prefix, 123)},
        )
    return found.number
