"""The files of imports: uploaded bytes and error files, under generated names below the data folder."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from coordina.records.models import ImportRun


def folder() -> Path:
    """Where import files are kept."""
    found = Path(settings.DATA_DIR) / "imports"
    found.mkdir(parents=True, exist_ok=True)
    return found


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Keep uploaded bytes.

    Returns:
        The generated name, and the number of bytes.
    """
    name = f"{secrets.token_urlsafe(18)}.csv"
    size = 0
    with (folder() / name).open("wb") as stream:
        for chunk in chunks:
            size += stream.write(chunk)
    return name, size


def errors_path(run: ImportRun) -> Path:
    """Where the error file of a run is."""
    return folder() / f"{Path(run.path).stem}.errors.csv"
