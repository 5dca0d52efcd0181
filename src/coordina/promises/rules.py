"""Working days and promised days: arithmetic on plain values."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal(0)
FURTHEST = 800
"""Days within which there must be a working day."""
_DAY = dt.timedelta(days=1)


class NeverWorks(Exception):
    """No day within reach is a working day."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How goods leave a warehouse.

    Attributes:
        weekdays: Days of the week on which one works, Monday is 0.
        closed: Days on which nobody works although the week says so.
        cutoff: Hour of the day from which an order counts as one of the next day; 24 for never.
        handling: Working days from taking an order up to its leaving.
        transit: Working days on the way.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    closed: Container[dt.date] = frozenset()
    cutoff: int = 14
    handling: int = 1
    transit: int = 2


def works(day: dt.date, terms: Terms) -> bool:
    """Whether a day is a working day."""
    return day.weekday() in terms.weekdays and day not in terms.closed


def next_working(day: dt.date, terms: Terms) -> dt.date:
    """A day itself where it is a working day, else the first one after it.

    Raises:
        NeverWorks: Where none comes within some two years.
    """
    for ahead in range(min(FURTHEST, (dt.date.max - day).days)):
        if works(one := day + dt.timedelta(days=ahead), terms):
            return one
    raise NeverWorks


def add_working(day: dt.date, many: int, terms: Terms) -> dt.date:
    """The day that is some working days after a day; a day off counts as the working day that follows it.

    Args:
        day: From when.
        many: Zero or more.
        terms: Which days are worked.
    """
    day = next_working(day, terms)
    for _each in range(many):
        day = next_working(day + _DAY, terms)
    return day


def taken_up_on(day: dt.date, hour: int, terms: Terms) -> dt.date:
    """The working day on which an order of a day and hour is taken up: from the cut-off hour on the next one."""
    return next_working(day + _DAY if hour >= terms.cutoff else day, terms)


@dataclass(frozen=True, slots=True)
class Offer:
    """Some of a product that can be sent.

    Attributes:
        quantity: In the product's unit.
        ready_on: Day on which it is there; None for what is there now.
        warehouse: Id of where. purchase: Id of the purchase order that brings it; None for what is there.
    """

    quantity: Decimal
    ready_on: dt.date | None
    warehouse: int | None
    purchase: int | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of what was wanted, with its days.

    Attributes:
        offer: What it is taken from, cut to what is needed.
    """

    offer: Offer
    ships_on: dt.date
    arrives_on: dt.date


def allocated(wanted: Decimal, offers: Iterable[Offer]) -> tuple[list[Offer], Decimal]:
    """Take what is wanted from what is offered: what is there first, then what comes earliest.

    Returns:
        What is taken, and how much is missing.
    """
    taken: list[Offer] = []
    for offer in sorted(offers, key=lambda one: (one.ready_on is not None, one.ready_on or dt.date.min)):
        part = min(offer.quantity, wanted)
        if part > 0:
            taken.append(Offer(part, offer.ready_on, offer.warehouse, offer.purchase))
            wanted -= part
    return taken, max(wanted, NOTHING)


def portion(offer: Offer, today: dt.date, hour: int, terms: Terms) -> Portion:
    """When some of a product leaves and arrives.

    What is there leaves `handling` working days after the order is taken up; what is due is handled from the day it
    comes, and one that should have come already from the next working day.
    """
    begun = taken_up_on(today, hour, terms)
    if offer.ready_on is not None:
        begun = max(begun, next_working(max(offer.ready_on, today), terms))
    ships = add_working(begun, terms.handling, terms)
    return Portion(offer, ships, add_working(ships, terms.transit, terms))


def last_of(days: Sequence[dt.date | None]) -> dt.date | None:
    """The day by which all of several things are there; None where one has no day, or there is nothing."""
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def slipped(before: dt.date | None, after: dt.date | None) -> bool:
    """Whether a promise has become one that cannot be kept: a later day than the one in force."""
    return before is not None and after is not None and after > before
