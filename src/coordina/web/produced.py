"""Files that a job writes for one person, who fetches them within two days.

They stand in the area of exports, named by their owner and a token; housekeeping is that of the workbooks, which stand
there too.
"""

import re
import secrets
from pathlib import PurePosixPath
from typing import Any

from django.http import FileResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordina.core.refusals import NotFound
from coordina.core.storing.areas import EXPORTS, Stored

ENDINGS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "zip": "application/zip",
}
"""Kinds of files, with what browsers are told of them."""
_TOKEN = re.compile(r"([a-z]{1,20})-[A-Za-z0-9_-]{32}\.([a-z]{3,4})")


def place_of(user_id: int, token: str) -> Stored | None:
    """Where a file of a person is kept; None for what cannot be the name of one."""
    read = _TOKEN.fullmatch(token)
    if read is None or read[2] not in ENDINGS:
        return None
    return EXPORTS.at(f"{user_id}-{token}")


def new_place(user_id: int, purpose: str, ending: str) -> tuple[Stored, str]:
    """Room for a new file, and the address at which its owner will find it.

    Args:
        purpose: Begins the name under which it is fetched; small letters.
        ending: One of `ENDINGS`.
    """
    token = f"{purpose}-{secrets.token_urlsafe(24)}.{ending}"
    place = place_of(user_id, token)
    assert place is not None
    return place, reverse("web:produced", args=(token,))


@require_safe
def produced(request: Any, token: str) -> HttpResponseBase:
    """A file of one's own; for others, and once it is tidied away, it does not exist."""
    place = place_of(request.user.pk, token)
    if place is None:
        raise NotFound
    ending = PurePosixPath(token).suffix[1:]
    name = f"{token.partition('-')[0]}-{timezone.localdate().isoformat()}.{ending}"
    return handed_out(place, name, ENDINGS[ending])


def handed_out(place: Stored, name: str, content_type: str) -> FileResponse:
    """A file of the exports as something to save; whoever asks was allowed to have it. Raises NotFound."""
    try:
        content = place.open()
    except FileNotFoundError:
        raise NotFound from None
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
