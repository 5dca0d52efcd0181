"""The feed of a record: what its sources give, merged, newest first, by days, in pages."""

import datetime as dt
import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from babel.dates import format_date
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.accounts.rates import reporting_currency
from coordina.core.formats import Formats, babel_locale, formats_of
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.timeline import Look, Moment, sources_for
from coordina.records.narrowing import Wanted, matching

PAGE = 20
FOLDED = 3
"""From so many changes in a row on they fold into one line."""
_DAYS = {"es": ("EEEE d 'de' MMMM", "EEEE d 'de' MMMM 'de' y"), "en": ("EEEE, MMMM d", "EEEE, MMMM d, y")}
"""Patterns of day headings by language: of this year, and of another."""
_MARKS = re.compile(r"([a-z_]{1,30}):([0-9-]{1,40})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A moment with its time as the reader writes it: of day, and in full."""

    moment: Moment
    time: str
    exact: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together: one, or a run of changes.

    Attributes:
        changes: How many changes, where they fold; else 0.
    """

    entries: tuple[Entry, ...]
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day."""

    label: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Chip:
    """A source that can be shown alone; the empty name is all of them."""

    name: str
    label: Text
    current: bool


NOTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a record's timeline.

    Attributes:
        next: Mark of the following page; empty on the last one.
        only: Name of the source shown alone; empty for all.
        narrow: What was looked for.
    """

    record: Record
    days: list[Day]
    chips: list[Chip]
    next: str
    only: str
    first: bool
    narrow: Wanted = NOTHING


def current_formats(currency: str = "") -> Formats:
    """Formats of the language and zone that are active now, for what is drawn without a request at hand.

    Args:
        currency: Of amounts that name none; the reporting currency is read where it is not given.
    """
    language = translation.get_language() or "es"
    zone = timezone.get_current_timezone_name()
    return formats_of(language, zone, currency or reporting_currency(), timezone.now())


def feed_of(
    record: Record,
    user: User,
    formats: Formats,
    *,
    only: str = "",
    after: str = "",
    size: int = PAGE,
    narrow: Wanted | None = None,
) -> Feed:
    """One page of what happened to a record.

    Args:
        record: One that the person sees.
        user: Who looks; every source gives only what they may see.
        formats: Of the reader.
        only: Name of the one source wanted; empty or unknown for all.
        after: Mark of the page, from the one before; what cannot be read begins anew.
        size: Entries a page.
        narrow: What is looked for among them.
    """
    sources = sources_for(type(record))
    only = only if only in sources else ""
    marks = dict(_MARKS.findall(after))
    wanted = [only] if only else list(sources)
    looks = {n: Look(record, user, formats, marks.get(n, ""), size + 1) for n in wanted}
    given = [matching(sources[n], look, narrow) if narrow else sources[n].read(look) for n, look in looks.items()]
    merged: Iterator[Moment] = heapq.merge(*given, key=lambda m: m.at, reverse=True)
    moments = list(islice(merged, size + 1))
    shown = moments[:size]
    for moment in shown:
        marks[moment.source] = moment.mark
    more = len(moments) > size
    chips = [Chip("", _("All"), not only), *(Chip(n, s.label, n == only) for n, s in sources.items())]
    return Feed(
        record,
        days_of(shown, formats),
        chips,
        "~".join(f"{n}:{mark}" for n, mark in marks.items() if n in wanted) if more else "",
        only,
        not after,
        narrow or NOTHING,
    )


def days_of(moments: Iterable[Moment], formats: Formats) -> list[Day]:
    """Entries by the reader's days, runs of changes folded."""
    by_day = groupby(moments, key=lambda m: formats.local(m.at).date())
    return [Day(day_label(day, formats), grouped(list(part), formats)) for day, part in by_day]


def grouped(moments: Sequence[Moment], formats: Formats) -> list[Group]:
    """Entries of one day; changes that follow each other fold when there are many."""
    found: list[Group] = []
    for slight, part in groupby(moments, key=lambda m: m.slight):
        run = tuple(Entry(m, formats.time(m.at), formats.exact(m.at)) for m in part)
        changes = sum(len(e.moment.lines) for e in run) if slight else 0
        if changes >= FOLDED:
            found.append(Group(run, changes))
        else:
            found += [Group((entry,)) for entry in run]
    return found


def day_label(day: dt.date, formats: Formats) -> str:
    """The heading of a day: today and yesterday in words, else weekday and date, the year where it is another."""
    if abs((formats.today - day).days) <= 1:
        text = formats.day(day)
    else:
        locale = babel_locale(formats.locale)
        short, long = _DAYS.get(locale.language, _DAYS["en"])
        text = format_date(day, short if day.year == formats.today.year else long, locale)
    return text[:1].upper() + text[1:]
