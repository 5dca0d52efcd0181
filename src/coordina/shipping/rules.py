"""Days and states of shipments on plain values: no ORM, no clock."""

import datetime as dt
import hmac
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import quote

from coordina.shipping.enums import News, State

NOTHING = Decimal(0)
FRIDAY = 4
SATURDAY, SUNDAY = 5, 6
OLDEST = 300
"""Seconds after which a signed request of a carrier is no longer taken."""


def works_on(day: dt.date, *, saturdays: bool, sundays: bool) -> bool:
    """Whether a carrier works on a day."""
    weekday = day.weekday()
    return weekday <= FRIDAY or (weekday == SATURDAY and saturdays) or (weekday == SUNDAY and sundays)


def arrival(left: dt.date, days: int, *, saturdays: bool = False, sundays: bool = False) -> dt.date:
    """The day on which what left on a day arrives.

    Args:
        left: Day it was handed over; what is handed over on a day off leaves on the next working day.
        days: Working days in transit.
        saturdays, sundays: Whether the carrier works on them.
    """
    day = left
    while not works_on(day, saturdays=saturdays, sundays=sundays):
        day += dt.timedelta(days=1)
    for _step in range(days):
        day += dt.timedelta(days=1)
        while not works_on(day, saturdays=saturdays, sundays=sundays):
            day += dt.timedelta(days=1)
    return day


def tracking_url(template: str, number: str) -> str:
    """The address at which a carrier says where a shipment is; empty where there is no template or no number."""
    return template.replace("{number}", quote(number, safe="")) if template and number else ""


def shared(open_: Mapping[int, Decimal], held: Sequence[tuple[int, int, Decimal]]) -> dict[int, dict[int, Decimal]]:
    """What can be packed now, by warehouse and line: what is reserved there and still open.

    Args:
        open_: By line: to be sent, and in no other shipment.
        held: Line, warehouse and quantity of each reservation, the oldest first.
    """
    left, found = dict(open_), {}  # type: dict[int, Decimal], dict[int, dict[int, Decimal]]
    for line, warehouse, many in held:
        part = min(many, left.get(line, NOTHING))
        if part > 0:
            place = found.setdefault(warehouse, {})
            place[line] = place.get(line, NOTHING) + part
            left[line] -= part
    return found


def state_after(state: str, news: str) -> str:
    """How far a shipment is after the carrier told something; what arrived stays so."""
    if state not in (State.SHIPPED, State.TRANSIT, State.FAILED):
        return state
    if news == News.DELIVERED:
        return State.DELIVERED
    if news in (News.FAILED, News.RETURNED):
        return State.FAILED
    if news in (News.PICKED_UP, News.TRANSIT, News.OUT):
        return State.TRANSIT
    return state


def signed_by(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether a request was signed with a secret, some minutes ago at most.

    Args:
        header: `t=<seconds>,v1=<hex>`: the HMAC-SHA256 of `<seconds>.<body>`.
        now: Seconds since 1970.
    """
    parts = [part.partition("=") for part in header.split(",")[:8]]
    stamp = next((value for name, _sep, value in parts if name.strip() == "t"), "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > OLDEST:
        return False
    good = hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
    given = [value for name, _sep, value in parts if name.strip() == "v1"]
    return any(hmac.compare_digest(good.encode(), value.encode("utf-8", "replace")) for value in given)
