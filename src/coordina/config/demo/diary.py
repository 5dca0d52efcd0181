"""Two years of deeds, gathered into change sets of the people who did them, in the order in which they were done."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from coordina.config.demo.house import TIME_ZONE, Colleague

RECENT, YOUNG = timedelta(days=7), timedelta(days=50)
"""Recent deeds stand alone, as people do them; young ones are gathered by month, older ones by half-year, for speed."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a colleague did.

    Attributes:
        rank: What has to be there first comes first: customers, contacts, opportunities, and then all else.
        action: Name of the action.
        about: Whom it changes; two deeds about the same are never written together.
        what: What the writing of this action needs.
    """

    at: datetime
    by: Colleague
    rank: int
    action: str
    about: int
    what: Any


@dataclass(slots=True)
class Sheet:
    """Deeds of one colleague, of one kind, that become one change set."""

    by: Colleague
    rank: int
    action: str
    deeds: list[Deed] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When it is written: with its last deed."""
        return max(deed.at for deed in self.deeds)


class Clock:
    """Moments of working days."""

    def __init__(self, draw: Random, now: datetime) -> None:
        self._draw = draw
        self._now = now
        self._zone = ZoneInfo(TIME_ZONE)

    def on(self, day: date, earliest: float = 8.5, latest: float = 18.5) -> datetime:
        """Some moment of a day between two hours; what would come after now is just before it, in the same order."""
        hour = self._draw.uniform(earliest, latest)
        moment = datetime.combine(day, time(), self._zone) + timedelta(seconds=round(hour * 3600))
        edge = self._now - timedelta(seconds=120)
        return moment if moment <= edge else edge + timedelta(seconds=90) * (hour / 24)


def sheets(deeds: Iterable[Deed], now: datetime) -> Iterator[Sheet]:
    """Change sets in the order in which they are to be written."""

    def period(deed: Deed) -> tuple[int, int, int]:
        age = now - deed.at
        month = deed.at.month if age < YOUNG else 100 + (deed.at.month - 1) // 6
        return (deed.at.year, month, deed.at.day if age < RECENT else 0)

    for _period, part in groupby(sorted(deeds, key=lambda d: (d.at, d.rank)), period):
        written: list[tuple[datetime, Sheet]] = []
        by_person: dict[str, list[Deed]] = {}
        for deed in part:
            by_person.setdefault(deed.by.name, []).append(deed)
        for own in by_person.values():
            last = own[0].at
            for sheet in gathered(own):
                last = max(last, sheet.at)
                written.append((last, sheet))
        for at, sheet in sorted(written, key=_moment):
            yield _at(sheet, at)


def _moment(pair: tuple[datetime, Sheet]) -> datetime:
    return pair[0]


def _at(sheet: Sheet, at: datetime) -> Sheet:
    """The sheet with the moment at which it is written: after all that its author wrote before."""
    first = sheet.deeds[0]
    sheet.deeds[0] = Deed(max(at, first.at), first.by, first.rank, first.action, first.about, first.what)
    return sheet


def gathered(deeds: Iterable[Deed]) -> list[Sheet]:
    """The deeds of one person as few sheets, in rounds: what was done to the same record later is in a later sheet."""
    last: dict[int, tuple[int, int]] = {}
    opened: dict[tuple[int, int, str], Sheet] = {}
    for deed in deeds:
        turn, rank = last.get(deed.about, (0, -1))
        turn += deed.rank <= rank
        last[deed.about] = (turn, deed.rank)
        key = (turn, deed.rank, deed.action)
        opened.setdefault(key, Sheet(deed.by, deed.rank, deed.action)).deeds.append(deed)
    return [opened[key] for key in sorted(opened)]


type Writing = Callable[[list[Any], Any, datetime], None]
"""Writes what deeds of one action need: their `what`, the user, the moment."""
