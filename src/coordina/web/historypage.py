"""A record's history in words: who, when, by which door, and every field before and after."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.formats import Formats
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType
from coordina.ledger.history import Event
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.undo import may_undo
from coordina.web.listpage import capital
from coordina.web.sentences import titles_of
from coordina.web.values import shown_text

DOORS: dict[str, Text] = {
    "web": gettext_lazy("on the web"),
    "rest": gettext_lazy("by another program"),
    "import": gettext_lazy("by an import"),
    "form": gettext_lazy("by a web form"),
    "link": gettext_lazy("by the customer’s link"),
    "mcp": gettext_lazy("by an assistant"),
    "bulk": gettext_lazy("for many at once"),
    "undo": gettext_lazy("by undoing"),
    "system": gettext_lazy("by Coordina"),
}
KINDS: dict[str, Text] = {
    "c": pgettext_lazy("what somebody did", "Created"),
    "u": pgettext_lazy("what somebody did", "Changed"),
    "d": pgettext_lazy("what somebody did", "Deleted"),
}


SELF_EVIDENT = frozenset({"created_at", "changed_at", "version"})
"""Columns that only repeat what an entry says anyway."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what it held and what it holds since."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One write of the record.

    Attributes:
        what: The action in words.
        undo_pk: Change set to undo; None where it cannot be or is undone already.
        large: Whether undoing takes back more than this record: then its own page is opened first.
    """

    who: str
    who_pk: int
    what: str
    door: str
    at: str
    exact: str
    lines: list[Line] = field(default_factory=list)
    undo_pk: int | None = None
    undone: str = ""
    large: bool = False
    pk: int = 0
    seen: bool = False


def entries_of(known: RecordType, events: list[Event], user: User, formats: Formats, now: Any) -> list[Entry]:
    """The events of one record in words; titles of references are read once for all of them."""
    shown = columns_of(known, user)
    titles = _titles(events, shown, user)
    return [_entry(known, event, shown, titles, user, formats, now) for event in events]


def columns_of(known: RecordType, user: User) -> dict[str, Field]:
    """Fields by the column that holds them, those hidden from the person left out."""
    columns = {c.name: c.attname for c in known.model._meta.concrete_fields}
    return {
        f.json_key or columns[f.path]: f
        for f in known.told_to(user).values()
        if not f.far and f.path in columns and f.path not in SELF_EVIDENT
    }


def _titles(events: Iterable[Event], shown: dict[str, Field], user: User) -> dict[tuple[Any, int], str]:
    wanted: dict[type[models.Model], set[int]] = {}
    for event in events:
        for column, given in event.delta.items():
            about = shown.get(column)
            if about is None or about.kind is not Kind.REF or about.to is None:
                continue
            pair = given if event.kind == "u" else [given]
            wanted.setdefault(about.to, set()).update(pk for pk in pair if isinstance(pk, int))
    return {(m, pk): title for m, keys in wanted.items() for pk, title in titles_of(m, keys, user).items()}


def _entry(
    known: RecordType, event: Event, shown: dict[str, Field], titles: Any, user: User, formats: Formats, now: Any
) -> Entry:
    change = event.change_set
    lines = [
        _line(about, _pair(event, column), titles, formats) for column, about in shown.items() if column in event.delta
    ]
    if event.kind == "u":  # columns that a type puts into words itself, such as the permissions of a role
        for column, tell in known.extra.get("lines", {}).items():
            lines += [Line(*said) for said in tell(*event.delta.get(column, (None, None)))]
    can = may_undo(change, user)
    return Entry(
        who=change.by.name if change.by is not None else "Coordina",
        who_pk=change.by_id or 0,
        what=words_of_change(change, event.kind),
        door=str(DOORS.get(change.via, "")),
        at=formats.relative(change.at, now),
        exact=formats.exact(change.at),
        lines=[line for line in lines if line.before != line.after] + _erased(event, shown),
        undo_pk=change.pk if can and change.state == State.DONE else None,
        undone=str(State(change.state).label) if change.state != State.DONE else "",
        large=change.via in ("import", "bulk"),
        pk=change.pk,
        seen=can,
    )


def _erased(event: Event, shown: dict[str, Field]) -> list[Line]:
    """What cannot be told any more: the fields are named, as far as the person sees them."""
    return [Line(capital(shown[name].label), "", _("erased")) for name in shown if name in event.erased]


def _pair(event: Event, column: str) -> list[Any]:
    given = event.delta[column]
    if event.kind == "u":
        return list(given)
    return [None, given] if event.kind == "c" else [given, None]


def _line(about: Field, pair: list[Any], titles: dict[tuple[Any, int], str], formats: Formats) -> Line:
    def text(value: Any) -> str:
        if about.kind is Kind.REF:
            return titles.get((about.to, value), _("something you cannot see")) if value is not None else ""
        return shown_text(about, value, formats)

    return Line(capital(about.label), text(pair[0]), text(pair[1]))


def words_of_change(change: ChangeSet, kind: str) -> str:
    """What was done: the label of the action, else what happened to the row."""
    declared = ACTIONS.get(change.action)
    if declared is not None and not declared.verb:
        return str(declared.label)
    if change.undo_of_id:
        return _("Undid a change")
    return str(KINDS.get(kind, ""))
