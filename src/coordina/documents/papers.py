"""A document with the letterhead, made now: what a room above calls with what the document says."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from coordina.documents.letterheads import Head, head_of, the_letterhead
from coordina.documents.models import Letterhead
from coordina.documents.rendering import NotMade, render_pdf, render_picture

type Draw = Callable[[str, Mapping[str, Any], Mapping[str, bytes]], bytes]


def letter_pdf(locale: str, said: Mapping[str, Any]) -> bytes:
    """A letter as PDF.

    Args:
        locale: Of whoever gets it; `said` is written in it already.
        said: `title`, and what of `parties`, `facts`, `before`, `columns`, `rows`, `totals`, `notes`, `boxes` it has.

    Raises:
        NotMade: Also without the logo it could not be made.
    """
    return _drawn(render_pdf, locale, said, the_letterhead(), None)


def letter_picture(locale: str, said: Mapping[str, Any], letterhead: Letterhead, logo: bytes | None = None) -> bytes:
    """The first page of a letter as PNG, under a letterhead that need not be kept yet.

    Raises:
        NotMade: Also without the logo it could not be made.
    """
    return _drawn(render_picture, locale, said, letterhead, logo)


def _drawn(draw: Draw, locale: str, said: Mapping[str, Any], letterhead: Letterhead, logo: bytes | None) -> bytes:
    with translation.override(locale):
        head = head_of(letterhead, logo)
        page = _("Page {page} of {pages}")
    try:
        return draw("letter", _whole(locale, said, head, page), head.files)
    except NotMade:
        if not head.files:
            raise
        return draw("letter", _whole(locale, said, head.plain(), page), {})  # a broken picture stops no delivery


def _whole(locale: str, said: Mapping[str, Any], head: Head, page: str) -> dict[str, Any]:
    return {"lang": locale.partition("-")[0], "page": page, "letterhead": head.data, **said}


def sample(locale: str) -> dict[str, Any]:
    """A letter that shows what a letterhead looks like; what it says is invented."""
    with translation.override(locale):
        return {
            "title": _("Sample"),
            "parties": [{"label": _("To"), "lines": [_("Your customer"), _("Street and number")]}],
            "facts": [[_("Number"), "000123"]],
            "before": _("This is how your letterhead looks on orders and delivery notes."),
            "columns": [{"label": _("Product"), "wide": True}, {"label": _("Quantity"), "right": True}],
            "rows": [[_("A product"), "12"], [_("Another product"), "3"]],
        }
