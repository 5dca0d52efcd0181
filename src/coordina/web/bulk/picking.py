"""Which records a list handed over: those picked one by one, or all that match its filter."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from coordina.core.keyset import bounded_count
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Refusal
from coordina.core.types import RecordType
from coordina.web.listing import COUNTED, read_listing

MOST = 1000
"""Records that may be picked one by one."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked.

    Attributes:
        keys: Ids of records that the person sees.
        query: The filter where all that match are meant, else None.
        count: How many, as text: exact, or «1.000+».
        q: The filter of the list it came from.
        back: Address of that list.
    """

    keys: list[int]
    query: str | None
    count: str
    number: int
    q: str
    back: str


def picked(request: Any, known: RecordType, asked: QueryDict) -> Picked:
    """Read what a list handed over.

    Raises:
        Refusal: When nothing is picked, or the filter cannot be read.
    """
    made = QueryDict(mutable=True)
    made["q"] = asked.get("q", "")
    listing = read_listing(known, made, request.user, request.asker, request.formats)
    if listing.error:
        raise Refusal("filter", listing.error, status=400)
    if asked.get("all") == "yes":
        count, more = bounded_count(listing.source, COUNTED)
        text = request.formats.integer(count) + ("+" if more else "")
        found = Picked([], listing.q, text, count, listing.q, listing.url())
    else:
        wanted = [key for text in asked.getlist("id")[:MOST] if (key := parse_id(text)) is not None]
        seen = known.model.objects.visible_to(request.user).filter(pk__in=wanted).order_by("pk")
        keys = list(seen.values_list("pk", flat=True))
        found = Picked(keys, None, request.formats.integer(len(keys)), len(keys), listing.q, listing.url())
    if not found.number:
        raise Refusal("nothing", _("Pick at least one record first."), status=422)
    return found
