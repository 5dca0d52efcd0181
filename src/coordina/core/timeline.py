"""The timeline: one feed of everything that happened to a record. Rooms add sources; the feed knows none of them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry of a timeline.

    Attributes:
        source: Name of the source it came from.
        mark: Where this source goes on after it.
        at: When it happened.
        title: Who did what, as escaped HTML.
        body: What people said or wrote; empty for changes.
        lines: What changed, one sentence of escaped HTML each; only for changes.
        icon, tone: Of the large node; changes have a small dot and none of them.
        facts: Short texts behind the title, such as «12 min».
        links: What can be done with it: label, address, and an icon; without one the label itself is shown.
        data: What a source's own template needs.
        template: Partial that draws the entry instead of the usual one.
        by: Id of whoever did it; None where that is nobody in particular.
    """

    source: str
    mark: str
    at: dt.datetime
    title: SafeString
    body: str = ""
    lines: tuple[SafeString, ...] = ()
    icon: str = ""
    tone: str = ""
    facts: tuple[str, ...] = ()
    links: tuple[tuple[Text, str, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    template: str = ""
    by: int | None = None

    @property
    def slight(self) -> bool:
        """Whether it is a change, which stands small and folds."""
        return bool(self.lines)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at which record's timeline, how they write, and how much they want.

    Attributes:
        user: The reader; sources give only what they may see.
        after: The source's own mark to go on behind; empty from the newest on.
        limit: How many at most.
    """

    record: Record
    user: Any
    formats: Formats
    after: str = ""
    limit: int = 30


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from.

    Attributes:
        label: Of the chip that shows this source alone.
        read: Entries newest first, behind the mark, at most as many as asked for.
        applies: Whether a record of this model can have such entries.
        order: Lower stands first among the chips.
    """

    label: Text
    read: Callable[[Look], Sequence[Moment]]
    applies: Callable[[type[Record]], bool] = lambda model: True
    order: int = 100


TIMELINE: Registry[str, Source] = Registry("timeline source")
"""By name, which stands in addresses."""


def sources_for(model: type[Record]) -> dict[str, Source]:
    """The sources of a model's timeline, in the order of their chips."""
    found = [(name, source) for name, source in TIMELINE.items() if source.applies(model)]
    return dict(sorted(found, key=lambda pair: pair[1].order))
