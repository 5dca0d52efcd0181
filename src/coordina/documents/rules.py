"""What may stand in a document, on plain values: no ORM, no clock, no files."""

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 20_000
"""Characters of one text in a document."""
WIDEST = 6_000
"""Pixels of a logo's longer side: more would need more memory than a letterhead is worth."""

_BAD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_RUN = re.compile(r"\S{40}(?=\S)")
"""As many signs without a gap as fit in any column."""
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG that carry its size."""


def printable(value: Any) -> Any:
    """The same data without signs that no document can show, in texts of bearable length.

    Texts stay data: the engine never reads them as its language, so that nothing else has to be escaped. Where a text
    has no gap for long it gets one that nobody sees, so that its line can end there.

    Args:
        value: Texts, numbers, mappings and sequences of them.
    """
    if isinstance(value, str):
        text = _BAD.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        return _RUN.sub("\\g<0>\u200b", text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
    if isinstance(value, Mapping):
        return {str(name): printable(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [printable(part) for part in value]
    return value


def image_kind(data: bytes) -> str:
    """What picture some bytes are: `png` or `jpg`; empty for anything else, and for one that is too large to show."""
    if data.startswith(_PNG) and len(data) > 24 and data[12:16] == b"IHDR":
        size = struct.unpack(">II", data[16:24])
        return "png" if fits(*size) else ""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg" if (found := _jpeg_size(data)) is not None and fits(*found) else ""
    return ""


def fits(width: int, height: int) -> bool:
    """Whether a picture is of a size that can be shown."""
    return 0 < width <= WIDEST and 0 < height <= WIDEST


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG; None where its segments say none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF or 0xD0 <= marker <= 0xD9:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        at += 2 + max(int(length), 2)
    return None
