"""When scheduled work comes back: `every 15m`, or five cron fields in a time zone. Pure functions."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_EVERY = re.compile(r"every (\d{1,6}) ?([smhd])\Z")
_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_YEARS_AHEAD = 9
"""How far to look for a matching day: 29 February is at most eight years away."""


class BadSpec(ValueError):
    """The text says no time that ever comes."""


@dataclass(frozen=True, slots=True)
class Every:
    """At a fixed distance from the last tick."""

    span: timedelta

    def after(self, last: datetime, now: datetime, zone: tzinfo) -> datetime:
        """Give the first tick after `now`, in step with `last`; ticks that were missed are not made up for."""
        missed = max(0, (now - last) // self.span)
        return last + (missed + 1) * self.span


@dataclass(frozen=True, slots=True)
class Cron:
    """At the minutes that five fields allow, in local time."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def _on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        weekday = day.isoweekday() % 7 in self.weekdays
        if self.either:
            return weekday or day.day in self.days
        return weekday and day.day in self.days

    def after(self, last: datetime, now: datetime, zone: tzinfo) -> datetime:
        """Give the first tick after `now`.

        An hour that a change to summer time leaves out happens just after it; one that comes twice counts once.

        Raises:
            BadSpec: For days that never come, such as 30 February.
        """
        start = now.astimezone(zone).date() - timedelta(days=1)
        for offset in range(366 * _YEARS_AHEAD):
            day = start + timedelta(days=offset)
            if not self._on(day):
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    tick = datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)
                    if tick > now:
                        return tick
        raise BadSpec("never")


type Spec = Every | Cron


def parse(text: str) -> Spec:
    """Read a specification.

    Args:
        text: `every <number>` with s, m, h or d, or `minute hour day month weekday` with `*`, lists, ranges and steps;
            weekdays from 0, Sunday. As in cron, day and weekday are alternatives when both are given.

    Raises:
        BadSpec: When it cannot be read. The message names the part.
    """
    if found := _EVERY.match(text.strip()):
        seconds = int(found[1]) * _UNIT[found[2]]
        if not seconds:
            raise BadSpec(text)
        return Every(timedelta(seconds=seconds))
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise BadSpec(text)
    minutes, hours, days, months, weekdays = (_field(part, *field) for part, field in zip(parts, _FIELDS, strict=True))
    return Cron(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        days,
        months,
        frozenset(day % 7 for day in weekdays),
        either=not parts[2].startswith("*") and not parts[4].startswith("*"),
    )


def _field(text: str, name: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", part)
        if found is None:
            raise BadSpec(f"{name}: {part}")
        first, last, step = found.groups()
        begin = low if first is None else int(first)
        end = int(last) if last else (high if first is None or step else begin)
        if not low <= begin <= end <= high or step == "0":
            raise BadSpec(f"{name}: {part}")
        values.update(range(begin, end + 1, int(step or 1)))
    return frozenset(values)


def next_after(text: str, last: datetime, now: datetime, zone: tzinfo) -> datetime:
    """Give the first tick of `text` after `now`.

    Args:
        text: See `parse`.
        last: The previous tick; intervals keep step with it.
        now: An aware moment.
        zone: Time zone of the cron fields.
    """
    return parse(text).after(last, now, zone)
