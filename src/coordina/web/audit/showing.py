"""Change sets of the report in words: who, when, what, by which door, and the first rows with before and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.formats import Formats
from coordina.core.types import RecordType, find_type
from coordina.ledger.audit import Asked, samples, sizes
from coordina.ledger.entries import Written
from coordina.ledger.history import Event, unfolded
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.web.audit.asking import VIAS
from coordina.web.historypage import KINDS, Line, entries_of, words_of_change
from coordina.web.listpage import capital

FIRST = 3
"""Rows of a change set that the report shows."""
LINES = 6
"""Fields of a row that the report shows; its own page shows all."""

type Titles = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One written row.

    Attributes:
        url: The report narrowed to this record.
        more: How many fields are left out.
    """

    noun: str
    title: str
    kind: str
    url: str
    lines: list[Line]
    more: int = 0


@dataclass(slots=True)
class Row:
    """One change set.

    Attributes:
        more: How many rows it wrote besides those shown.
        undone: In which way it was undone; empty where it was not.
    """

    pk: int
    who: str
    who_pk: int
    what: str
    door: str
    at: str
    exact: str
    undone: str = ""
    pieces: list[Piece] = field(default_factory=list)
    more: str = ""


def rows_of(changes: Sequence[ChangeSet], asked: Asked, user: User, formats: Formats) -> list[Row]:
    """What the report shows of some change sets."""
    found = samples(asked, changes, FIRST)
    counts = sizes(changes)
    pieces = pieces_of([(c, e) for c in changes for e in found[c.pk]], user, formats, LINES)
    rows: list[Row] = []
    for change in changes:
        count = len(found[change.pk])
        row = row_of(change, found[change.pk][0].kind if count else "u", formats)
        row.pieces, pieces = pieces[:count], pieces[count:]
        more = sum(counts[change.pk].values()) - count
        row.more = formats.integer(more) if more > 0 else ""
        rows.append(row)
    return rows


def row_of(change: ChangeSet, kind: str, formats: Formats) -> Row:
    """A change set without its rows."""
    return Row(
        pk=change.pk,
        who=change.by.name if change.by is not None else "Coordina",
        who_pk=change.by_id or 0,
        what=what_of(change, kind),
        door=str(VIAS.get(change.via, change.via)),
        at=formats.relative(change.at, timezone.now()),
        exact=formats.exact(change.at),
        undone=str(State(change.state).label) if change.state in (State.UNDONE, State.PARTLY) else "",
    )


def what_of(change: ChangeSet, kind: str) -> str:
    """What was done, in words."""
    declared = ACTIONS.get(change.action)
    return capital(declared.label) if declared is not None else words_of_change(change, kind)


def events_of(entries: Iterable[tuple[ChangeSet, Written]]) -> list[Event]:
    """Entries as the pages of histories know them, with added fields one by one."""
    return [
        Event(c, e.model, e.pk, e.kind, unfolded(e.model, e.kind, e.delta), frozenset(e.erased)) for c, e in entries
    ]


def lines_of(events: Sequence[Event], user: User, formats: Formats) -> list[list[Line]]:
    """The fields of each event, before and after, as far as the person sees them; nothing of what is no type."""
    now = timezone.now()
    places: dict[str, list[int]] = {}
    for place, event in enumerate(events):
        places.setdefault(event.model, []).append(place)
    found: list[list[Line]] = [[] for _event in events]
    for label, here in places.items():
        known = known_of(label)
        if known is not None:
            made = entries_of(known, [events[place] for place in here], user, formats, now)
            for place, entry in zip(here, made, strict=True):
                found[place] = entry.lines
    return found


def pieces_of(
    entries: Sequence[tuple[ChangeSet, Written]], user: User, formats: Formats, most: int | None = None
) -> list[Piece]:
    """Entries in words; names are read once a model."""
    events = events_of(entries)
    titles = titles_of(events)
    return [
        _piece(event, lines, titles, most) for event, lines in zip(events, lines_of(events, user, formats), strict=True)
    ]


def _piece(event: Event, lines: list[Line], titles: Titles, most: int | None) -> Piece:
    known = known_of(event.model)
    noun = capital(str(known.label if known else apps.get_model(event.model)._meta.verbose_name))
    url = f"{reverse('web:audit')}?type={known.name}&record={event.pk}" if known is not None else ""
    title = titles.get((event.model, event.pk)) or _("No. %(number)s") % {"number": event.pk}
    shown = lines if most is None else lines[:most]
    return Piece(noun, title, str(KINDS.get(event.kind, "")), url, shown, len(lines) - len(shown))


def known_of(label: str) -> RecordType | None:
    """The record type of a model by its label."""
    return find_type(apps.get_model(label))


def titles_of(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """What records are called: as of now, or as of then where they are gone."""
    found: dict[tuple[str, int], str] = {}
    keys: dict[str, set[int]] = {}
    for event in events:
        keys.setdefault(event.model, set()).add(event.pk)
        column = getattr(apps.get_model(event.model), "title_column", "")
        told = event.delta.get(column)
        said = told[1] if event.kind == "u" and told else told
        if said and column not in event.erased:
            found.setdefault((event.model, event.pk), str(said))
    for label, wanted in keys.items():
        model: Any = apps.get_model(label)
        rows = model._base_manager.filter(pk__among=sorted(wanted)).values_list("pk", model.title_column)
        found |= {(label, pk): str(title) for pk, title in rows if title not in (None, "")}
    return found
