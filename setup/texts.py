"""Catalogues of translations: ``.po`` files are kept, ``.mo`` files are made from them when they change."""

from __future__ import annotations

import glob
import os

from setup import state

PATTERN = os.path.join("src", "coordina", "**", "locale", "*", "LC_MESSAGES", "*.po")


def compile_catalogues(python: str) -> None:
    """Compile every catalogue whose text is newer than what was made of it."""
    sources = sorted(glob.glob(PATTERN, recursive=True))
    facts = {"key": state.digest("src/coordina/config/translations.py", *sources), "files": sources}
    missing = [path for path in sources if not os.path.exists(path[:-3] + ".mo")]
    if not sources or (state.read("texts") == facts and not missing):
        return
    with state.making("texts", "Translations", facts):
        fault = state.quiet(python, "-m", "coordina.config.translations", "compile")
        if fault:
            state.stop("Translations could not be compiled:\n" + fault)
