"""The files of imports: uploaded bytes, tables written out of them, error files, under generated names."""

import secrets
from collections.abc import Iterable
from pathlib import PurePosixPath

from coordina.core.storing.areas import IMPORTS, Stored
from coordina.records.models import ImportRun

TABLE, ERRORS = ".table.csv", ".errors.csv"
"""End the names of what is written beside an upload."""


def place_of(name: str) -> Stored:
    """The place of a file of an import."""
    return IMPORTS.at(name)


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Keep uploaded bytes; they are there for good when this returns.

    Returns:
        The generated name, and the number of bytes.
    """
    name = f"{secrets.token_urlsafe(18)}.csv"
    return name, place_of(name).write(chunks)


def stem_of(name: str) -> str:
    """What the names of all files of one import begin with."""
    for ending in (TABLE, ERRORS):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return PurePosixPath(name).stem


def places_of(run: ImportRun) -> list[Stored]:
    """Every file that a run may have."""
    stem = stem_of(run.path)
    return [place_of(name) for name in (run.path, stem + TABLE, stem + ERRORS)] if run.path else []
