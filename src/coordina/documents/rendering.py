"""Making documents: a template of ours and data, nothing else, become a PDF or a picture of its first page.

    render_pdf("letter", {"title": "Albarán", …})

Texts are handed over as data and shown as such: whatever people typed, no sign of it is read as the language of the
templates. The engine sees our templates and the logo, no other file, and no network.
"""

import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Refusal
from coordina.documents.rules import printable

FOLDER = Path(__file__).parent / "typst"
DENSITY = 90
"""Dots an inch of a picture."""
_log = logging.getLogger("coordina.documents")


class NotMade(Refusal):
    """A document that could not be made; the record it is of is as it was, and one may try again."""

    def __init__(self) -> None:
        message = _("The document could not be made now. What it is about is kept; try again in a moment.")
        super().__init__("document", message, status=503)


def render_pdf(template: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """A document as PDF, tagged for screen readers.

    Args:
        template: Name of one of ours, without its ending.
        data: What stands in it: texts, numbers, and mappings and sequences of them.
        files: Pictures by the name under which the data mention them.

    Raises:
        NotMade: Where the engine could not; the reason is in the log.
    """
    return _made(template, data, files or {}, format="pdf")[0]


def render_picture(template: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """The first page of a document as PNG, for a preview.

    Raises:
        NotMade: As `render_pdf` does.
    """
    return _made(template, data, files or {}, format="png", ppi=DENSITY)[0]


def _made(template: str, data: Mapping[str, Any], files: Mapping[str, bytes], **said: Any) -> list[bytes]:
    try:
        with TemporaryDirectory(prefix="coordina-paper-") as folder:
            for name, content in {**templates_as_files(), **files}.items():
                Path(folder, name).write_bytes(content)
            made = _compiled(Path(folder, f"{template}.typ"), data, **said)
    except Exception as wrong:  # whatever the engine stumbles over must not take the page down with it
        _log.exception("document %s not made", template)
        raise NotMade from wrong
    return made if isinstance(made, list) else [made]


def _compiled(main: Path, data: Mapping[str, Any], **said: Any) -> Any:
    """What the engine makes of a template, which sees the files beside it and no others."""
    import typst

    given = json.dumps(printable(data), ensure_ascii=False)
    return typst.compile(main, root=main.parent, font_paths=_fonts(), sys_inputs={"data": given}, **said)


def templates_as_files() -> dict[str, bytes]:
    """The templates under the names by which they import each other."""
    return {f"{name}.typ": source for name, source in templates().items()}


@cache
def templates() -> dict[str, bytes]:
    """The templates that Coordina brings, by name."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.typ"))}


@cache
def _fonts() -> Any:
    """The fonts of the engine, and behind them what the server has, for scripts that they do not write."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
