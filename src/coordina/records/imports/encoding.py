"""Find out in which encoding a file is written, reading all of it once in bounded memory."""

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import charset_normalizer

type Source = str | Path | Callable[[], BinaryIO]
"""A path, or a function that opens a fresh binary stream at its beginning (a stored file)."""

CHUNK = 1 << 20
"""Bytes read at a time."""

SAMPLE = 1 << 16
"""Bytes of lines with non-ASCII characters that are kept to judge a single-byte encoding."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WESTERN = ("cp1252", "mac_roman", "cp850")
_LETTERS = frozenset("áéíóúüñçàèìòùâêîôûäëïöãõåøæœßÁÉÍÓÚÜÑÇÀÈÌÒÙÂÊÎÔÛÄËÏÖÃÕÅØÆŒýÿ")
_SIGNS = frozenset("€£¿¡«»ºª°–—’‘“”…·®™©\xa0±²³½¼×•§¥¢´")
_GOOD_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text.

    Attributes:
        name: the Python codec.
        broken: whether some bytes do not belong to it; the rows that hold them are flagged, the rest is untouched.
        nuls: whether null characters occur in the text.
    """

    name: str
    broken: bool
    nuls: bool


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open a source for reading bytes from its beginning and close it afterwards."""
    with source() if callable(source) else Path(source).open("rb") as stream:
        yield stream


def detect(source: Source) -> Encoding:
    """Decide the encoding of a file from its mark, its bytes and, for single-byte encodings, its letters.

    The whole file is checked, so that one accent in the last row counts. A file that is UTF-8 but for a few bytes
    stays UTF-8. Western encodings are told apart by which of them gives plausible words; what none of them explains
    is handed to charset-normalizer; the last resort is cp1252.

    Args:
        source: what to read.
    """
    with opened(source) as stream:
        head = stream.read(SAMPLE)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _checked(source, name)
    if wide := _without_mark(head):
        return _checked(source, wide)
    utf8 = _checked(source, "utf-8")
    if not utf8.broken:
        return utf8
    sample = _high_lines(source)
    many = len(_MULTIBYTE.findall(sample))
    stray = len(_HIGH.findall(_MULTIBYTE.sub(b"", sample)))
    if many > stray:
        return utf8
    return _checked(source, _single_byte(sample))


def _without_mark(head: bytes) -> str:
    """UTF-16 or UTF-32 without a byte order mark, seen by where the zeros of ASCII characters stand; "" if neither."""
    sample = head[: len(head) // 4 * 4][:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    quarter = len(sample) // 4
    zeros = [sample[place::4].count(0) / quarter for place in range(4)]
    if min(zeros[1:]) > 0.8 and zeros[0] < 0.2:
        return "utf-32-le"
    if min(zeros[:3]) > 0.8 and zeros[3] < 0.2:
        return "utf-32-be"
    if min(zeros[1], zeros[3]) > 0.6 and max(zeros[0], zeros[2]) < 0.2:
        return "utf-16-le"
    if min(zeros[0], zeros[2]) > 0.6 and max(zeros[1], zeros[3]) < 0.2:
        return "utf-16-be"
    return ""


def _checked(source: Source, name: str) -> Encoding:
    """Decode the whole file strictly and say whether something does not fit and whether nulls occur."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    broken = nuls = False
    with opened(source) as stream:
        while chunk := stream.read(CHUNK):
            if broken:
                nuls = nuls or b"\0" in chunk
                continue
            try:
                nuls = "\0" in decoder.decode(chunk) or nuls
            except UnicodeDecodeError:
                broken, nuls = True, nuls or b"\0" in chunk
    if not broken:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            broken = True
    return Encoding(name, broken, nuls)


def _high_lines(source: Source) -> bytes:
    """Up to `SAMPLE` bytes of the lines that hold non-ASCII bytes, from anywhere in the file."""
    kept: list[bytes] = []
    size = 0
    with opened(source) as stream:
        while size < SAMPLE and (line := stream.readline(SAMPLE)):
            if not line.isascii():
                kept.append(line)
                size += len(line)
    return b"".join(kept)


def _single_byte(sample: bytes) -> str:
    """The single-byte (or East Asian) encoding that explains a sample best."""
    scores = {name: _plausibility(sample.decode(name, "replace")) for name in _WESTERN}
    best = max(_WESTERN, key=lambda name: scores[name])
    if scores[best] >= _GOOD_ENOUGH:
        return best
    guess = charset_normalizer.from_bytes(sample, cp_exclusion=["utf_16", "utf_32", "utf_7", "utf_8"]).best()
    return guess.encoding if guess is not None and guess.encoding != "ascii" else "cp1252"


def _plausibility(text: str) -> float:
    """Share of the non-ASCII characters that stand where Western languages put them, from 0 to 1."""
    good = total = 0
    before = " "
    for place, char in enumerate(text):
        if char > "\x7f":
            total += 1
            after = text[place + 1] if place + 1 < len(text) else " "
            good += _stands_well(before, char, after)
        before = char
    return good / total if total else 0.0


def _stands_well(before: str, char: str, after: str) -> bool:
    """Whether one character is a usual letter inside a word of its own case, or a usual sign outside one."""
    if char in _LETTERS:
        crowded = before > "\x7f" and after > "\x7f" and before.isalpha() and after.isalpha()
        return not crowded and not (char.isupper() and before.islower())
    return char in _SIGNS and not (before.isalpha() and after.isalpha() and char not in "’·")
