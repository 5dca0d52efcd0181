"""From a record's columns to its alert: pure, given the day, the company's numbers and what people decided."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from coordina.activity.models.alerts import ASIDE, HANDED
from coordina.core.watchers import Row, Tuning, Watcher, quadrant, urgent_from, wait_of


class Standing(NamedTuple):
    """The columns of an alert that follow from the record and the marks, in the order of the table."""

    owner_id: int | None
    team_id: int | None
    holder_id: int | None
    since: date
    urgent_on: date | None
    importance: int
    place: int
    aside_until: date | None
    closed: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided about a matter.

    Attributes:
        since: Day on which the matter began that it was decided about.
    """

    since: date
    until: date | None = None
    handed_to: int | None = None
    closed: bool = False


def place_of(
    urgent_on: date | None, importance: int, today: date, *, until: date | None, closed: bool, handed: bool
) -> int:
    """Where a matter is shown: its quadrant, the same handed on, or nowhere while it is put off or closed."""
    if closed or (until is not None and until > today):
        return ASIDE
    return int(quadrant(urgent_on, importance, today)) + (HANDED if handed else 0)


def standing(watcher: Watcher, row: Row, said: Tuning, today: date, decided: Decided | None) -> Standing:
    """The alert of a record for which the watcher's condition holds."""
    since = watcher.since(row)
    urgent_on = urgent_from(since, wait_of(watcher, said))
    importance = max(0, min(100, watcher.importance(row, said)))
    mark = decided if decided is not None and decided.since == since else Decided(since)
    owner = row.get("owner_id")
    handed = mark.handed_to is not None and mark.handed_to != owner
    place = place_of(urgent_on, importance, today, until=mark.until, closed=mark.closed, handed=handed)
    holder = mark.handed_to if handed else owner
    return Standing(owner, row.get("team_id"), holder, since, urgent_on, importance, place, mark.until, mark.closed)
