"""What a list is asked to show, as parameters: the address says it, and saved views keep it. One reading for both."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coordina.core.filters import Asker, BadFilter, compile_filter, parse
from coordina.core.ordering import order_of
from coordina.core.types import RecordType
from coordina.records.grouping import axes_of, chosen, days_of, measures_of, shown_to
from coordina.records.models import Layout
from coordina.records.vocabularies import vocabulary_of

type State = dict[str, str]
"""Parameters with their values; empty ones are left out."""

KEYS = ("q", "sort", "cols", "group", "layout", "by", "split", "of", "on", "span")
"""Filter · order · columns with widths (`name:240,company`) · groups of rows · layout · columns of a board or bars of a
chart · what divides the bars · what they measure · the day a calendar goes by · `week` instead of a month."""
LONGEST = 4000
MOST_COLUMNS = 40
NARROWEST, WIDEST = 60, 900
"""Widths of columns, in CSS pixels."""
_COLUMN = re.compile(r"([a-z][a-z0-9_.]{0,120})(?::([0-9]{2,4}))?")


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """A column of a list; width 0 is as wide as it needs to be."""

    name: str
    width: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.width}" if self.width else self.name


def columns_in(text: str) -> list[ColumnAsked]:
    """The columns that a parameter names, each once; what is none is left out."""
    found: dict[str, ColumnAsked] = {}
    for part in text.split(",")[: MOST_COLUMNS * 2]:
        match = _COLUMN.fullmatch(part.strip())
        if match and match[1] not in found and len(found) < MOST_COLUMNS:
            width = int(match[2] or 0)
            found[match[1]] = ColumnAsked(match[1], min(max(width, NARROWEST), WIDEST) if width else 0)
    return list(found.values())


def state_in(asked: Mapping[str, Any]) -> State:
    """The parameters of a list among others, in the order of `KEYS`; empty ones are left out."""
    return {key: text for key in KEYS if (text := str(asked.get(key) or "")[: LONGEST + 1].strip())}


def check_state(known: RecordType, state: Mapping[str, str], asker: Asker) -> None:
    """Refuse what cannot be shown to somebody: unknown fields, and fields hidden from them, which are alike.

    Raises:
        BadFilter: Says what is wrong, in the words of the filter language.
    """
    compile_filter(parse(state.get("q", "")), vocabulary_of(known), asker)
    visible = shown_to(known, asker.user)
    if sort := state.get("sort", ""):
        order_of(sort, known.known_to(asker.user), known.model)
    for column in columns_in(state.get("cols", "")):
        chosen(visible, column.name)
    axes = axes_of(known, asker.user)
    for key in ("group", "by", "split"):
        if name := state.get(key, ""):
            chosen(axes, name)
    if name := state.get("on", ""):
        chosen(days_of(known, asker.user), name)
    if name := state.get("of", ""):
        chosen(measures_of(known, asker.user), name)
    if state.get("layout", Layout.LIST) not in Layout.values:
        raise BadFilter(_no_layout())


def _no_layout() -> Any:
    from django.utils.translation import gettext

    return gettext("There is no such layout.")
