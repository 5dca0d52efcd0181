"""Counts and sums of a list beyond what its page counts."""

from typing import Any

from coordina.records.figures import Asked, Figures, figures
from coordina.web.listing import Listing


def asked_of(listing: Listing, axes: tuple[Any, ...] = (), *more: str) -> Asked:
    """What is to be added up of a list: the number of its type, and others named."""
    own = (listing.summed.name,) if listing.summed is not None else ()
    return Asked(listing.known, listing.asker, listing.node, axes, tuple(dict.fromkeys((*own, *more))))


def sums_context(listing: Listing) -> dict[str, Any]:
    """What the foot of a list is given."""
    found = Figures() if listing.error else figures(asked_of(listing))
    return {
        "known": listing.known,
        "listing": listing,
        "waiting": found.waiting,
        "count_text": listing.formats.integer(found.count),
        "total": total_text(listing, found),
        "as_of": as_of(listing, found),
        "sums_url": listing.elsewhere("web:sums"),
    }


def total_text(listing: Listing, found: Figures) -> str:
    """The sum of the type's number; empty where it has none."""
    added = listing.summed
    return listing.amount(added, found.total(added.name)) if added is not None and found.count else ""


def as_of(listing: Listing, found: Figures) -> str:
    """When a job worked the figures out; empty where they are of this moment."""
    return listing.formats.time(found.worked_at) if found.worked_at is not None else ""
