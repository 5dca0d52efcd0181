"""Compile catalogues with Babel, without gettext on the machine: ``python -m setup.catalogues FILE.po …``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_one(source: str | Path) -> None:
    """Write FILE.mo beside FILE.po, at once so that a reader never finds half a file."""
    source = Path(source)
    draft = source.with_suffix(f".{os.getpid()}.new")
    with source.open("rb") as handle:
        catalogue = read_po(handle, locale=source.parent.parent.name)
    with draft.open("wb") as handle:
        write_mo(handle, catalogue)
    draft.replace(source.with_suffix(".mo"))


def compile_stale(folder: str | Path) -> None:
    """Compile every catalogue under a folder that is older than its text."""
    for source in Path(folder).glob("**/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            compile_one(source)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_one(name)
