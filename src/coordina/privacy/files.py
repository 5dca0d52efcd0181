"""Files that tell of somebody: found by their contents, removed so that the bytes are overwritten first."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from coordina.core.personal import SHORTEST
from coordina.core.storing.areas import AREAS, IMPORTS, Stored

PIECE = 1 << 20
CODINGS = ("utf-8", "utf-16-le", "cp1252")
"""In which a file may have been written."""
MOST = 1 << 30
"""Bytes of one member of an archive that are read at most."""


def holding(words: Iterable[str]) -> list[Stored]:
    """Kept files of imports in which somebody is named."""
    marks = {
        form.encode(coding)
        for word in words
        if len(word) >= SHORTEST
        for form in (word, word.lower(), word.upper())
        for coding in CODINGS
        if _writes(form, coding)
    }
    if not marks:
        return []
    places = [IMPORTS.at(name) for name in sorted(entry.name for entry in IMPORTS.entries())]
    return [place for place in places if _holds(place, marks)]


def _writes(text: str, coding: str) -> bool:
    try:
        text.encode(coding)
    except UnicodeEncodeError:
        return False
    return True


def _holds(place: Stored, marks: set[bytes]) -> bool:
    try:
        stream = place.open()
    except FileNotFoundError:
        return False
    with stream:
        if not zipfile.is_zipfile(stream):
            stream.seek(0)
            return _read(stream, marks)
        with zipfile.ZipFile(stream) as packed:
            members = [i for i in packed.infolist() if not i.is_dir() and i.file_size < MOST]
            return any(_read(packed.open(member), marks) for member in members)


def _read(stream: IO[bytes], marks: set[bytes]) -> bool:
    longest = max(map(len, marks))
    tail = b""
    with stream:
        for piece in _pieces(stream):
            text = tail + piece
            if any(mark in text for mark in marks):
                return True
            tail = text[-longest:]
    return False


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def burn(places: Iterable[Stored]) -> None:
    """Overwrite files and remove them; those that are gone already are left alone. Raises FilesAway."""
    for place in dict.fromkeys(places):
        place.remove(burn=True)


def named(pairs: Iterable[tuple[str, str]]) -> list[Stored]:
    """Places from what a job was told: area and name."""
    areas = {area.name: area for area in AREAS}
    return [areas[area].at(name) for area, name in pairs]
