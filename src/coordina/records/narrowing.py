"""What somebody looks for in a timeline: words, a person, a period; on entries of any source as they are shown."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

from django.utils.html import strip_tags
from django.utils.http import urlencode

from coordina.core.formats import Formats
from coordina.core.parsing import parse_date
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Refusal
from coordina.core.timeline import Look, Moment, Source
from coordina.records.search.words import plain

BATCH = 60
MOST = 3000
"""Entries of one source that a search looks at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty parts do not narrow.

    Attributes:
        words: All of them stand in the entry; capitals and accents do not matter.
        person: Id of whoever did it.
        since, until: First and last day, in the reader's zone.
        wrong: Why a day that was typed cannot be read, by name; it does not narrow.
        typed: The days as they were typed, by name.
    """

    words: str = ""
    person: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words or self.person or self.since or self.until or self.wrong)

    @property
    def query(self) -> str:
        """The same as part of an address."""
        said = {"words": self.words, "person": self.person, "since": self.since, "until": self.until}
        return urlencode({name: str(value) for name, value in said.items() if value})


def wanted_of(given: Mapping[str, str], formats: Formats) -> Wanted:
    """What an address asks for; what cannot be read does not narrow.

    Args:
        given: As typed.
        formats: Of the reader, in whose way days are written.
    """
    days: dict[str, dt.date] = {}
    wrong: dict[str, str] = {}
    typed = {name: text for name in ("since", "until") if (text := given.get(name, "").strip()[:40])}
    for name, text in typed.items():
        try:
            days[name] = parse_date(text, formats.locale, formats.today)
        except Refusal as why:
            wrong[name] = str(why)
    shown = typed | {name: formats.figures(day) for name, day in days.items()}
    words, person = given.get("words", "").strip()[:100], parse_id(given.get("person", ""))
    return Wanted(words, person, days.get("since"), days.get("until"), wrong, shown)


def matching(source: Source, look: Look, wanted: Wanted) -> Iterator[Moment]:
    """The entries of a source that are wanted, newest first, read piece by piece."""
    seen, mark = 0, look.after
    while seen < MOST:
        batch = source.read(replace(look, after=mark, limit=BATCH))
        for moment in batch:
            day = look.formats.local(moment.at).date()
            if wanted.since is not None and day < wanted.since:
                return
            if fits(moment, day, wanted):
                yield moment
        if not batch or batch[-1].mark == mark:
            return
        seen, mark = seen + len(batch), batch[-1].mark


def fits(moment: Moment, day: dt.date, wanted: Wanted) -> bool:
    """Whether an entry is wanted."""
    if wanted.until is not None and day > wanted.until:
        return False
    if wanted.person is not None and moment.by != wanted.person:
        return False
    if not wanted.words:
        return True
    shown = " ".join((moment.title, moment.body, *moment.lines, *moment.facts))
    text = plain(unescape(strip_tags(shown)))
    return all(word in text for word in plain(wanted.words).split())
