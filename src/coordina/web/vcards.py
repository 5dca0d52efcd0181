"""Records as business cards (vCard 3.0): one, or those of a list; only what the reader may see of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordina.core.filters import BadFilter
from coordina.core.keyset import MAX_PAGE, page, rows
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.records.imports.vcards import written
from coordina.web.access import find
from coordina.web.exporting import path_of
from coordina.web.lists import listing_of

TYPE = "text/vcard; charset=utf-8"


def card_of(known: RecordType, user: Any) -> dict[str, Any]:
    """Fields of a type by the line of a card that they fill, as far as a person may see them.

    Raises:
        NotFound: When the type is none of people.
    """
    said: Mapping[str, str] = known.extra.get("card", {})
    if not said:
        raise NotFound
    visible = known.known_to(user)
    return {line: visible[name] for line, name in said.items() if name in visible}


@require_safe
def cards(request: Any, known: RecordType) -> StreamingHttpResponse:
    """The people of a list as business cards."""
    listing, fields = listing_of(request, known), card_of(known, request.user)
    if listing.error:
        raise BadFilter(listing.error)
    name = f"{known.url}-{timezone.localdate().isoformat()}.vcf"
    return StreamingHttpResponse(
        _lines(listing, fields), content_type=TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
def card(request: Any, known: RecordType, pk: int) -> HttpResponse:
    """One person as a business card."""
    fields = card_of(known, request.user)
    found = find(request.user, known, pk)
    paths = [path_of(field) for field in fields.values()]
    (row,) = rows(known.model, [found.pk], *paths)
    text = written(_told(fields, row))
    return HttpResponse(
        text, content_type=TYPE, headers={"Content-Disposition": f'attachment; filename="{known.name}-{pk}.vcf"'}
    )


def _lines(listing: Any, fields: Mapping[str, Any]) -> Iterator[str]:
    paths = [path_of(field) for field in fields.values()]
    after = ""
    while True:
        found = page(listing.source, listing.order, after=after, size=MAX_PAGE)
        yield "".join(written(_told(fields, row)) for row in rows(listing.known.model, found.ids, *paths))
        after = found.next
        if not after:
            return


def _told(fields: Mapping[str, Any], row: Any) -> dict[str, str]:
    """The lines of a card from a row whose first value is its id."""
    return {line: str(value) for line, value in zip(fields, row[1:], strict=True) if value not in (None, "")}
