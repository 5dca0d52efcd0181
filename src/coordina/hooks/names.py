"""The events there are, and their names, derived from what record types declare.

`<record type>.created`, `.changed` and `.deleted` for every type; one for each state that a record can come into
(`opportunity.won`, `lead.converted`; coming back to the first state is `.reopened`); `.assigned` where the owner
changed; and what a type names itself in `extra={"events": {"moved": ("stage", _("…"))}}`: a column that changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordina.core.types import TYPES, RecordType
from coordina.hooks.models import Status, Webhook

CREATED, CHANGED, DELETED = "created", "changed", "deleted"
ASSIGNED, REOPENED = "assigned", "reopened"
EVERYTHING = "*"
QUIET = frozenset({"webhook", "token", "savedview"})
"""Types of which nothing is told: what gives access or is a matter of one person."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One kind of event of one record type.

    Attributes:
        name: `opportunity.won`.
        noun: Name of the record type.
        label: For people.
        field: The field that changed; empty for those that are about the whole record.
        value: What it holds now, for states; None for any.
    """

    name: str
    noun: str
    label: str
    field: str = ""
    value: str | None = None

    @property
    def last(self) -> str:
        """The part of the name behind the dot."""
        return self.name.partition(".")[2]


def told_types() -> Iterable[RecordType]:
    """Record types of whose records one may be told."""
    return (known for known in TYPES if known.name not in QUIET)


def happenings(known: RecordType) -> list[Happening]:
    """The events of a record type, in the order people read them."""
    found = [
        Happening(f"{known.name}.{CREATED}", known.name, _("is created")),
        Happening(f"{known.name}.{CHANGED}", known.name, _("is changed")),
    ]
    status = known.declared.get("status")
    if status is not None and status.choices:
        first = _first_state(known)
        for value, label in status.choices:
            name = REOPENED if value == first else str(value)
            said = _("is reopened") if value == first else str(label).lower()
            found.append(Happening(f"{known.name}.{name}", known.name, said, "status", str(value)))
    owner = known.model.scope_owner
    if owner and owner in known.editable:
        found.append(Happening(f"{known.name}.{ASSIGNED}", known.name, _("is given to somebody"), owner))
    named: Mapping[str, tuple[str, object]] = known.extra.get("events", {})
    found += [Happening(f"{known.name}.{n}", known.name, str(said), column) for n, (column, said) in named.items()]
    return [*found, Happening(f"{known.name}.{DELETED}", known.name, _("is deleted"))]


def _first_state(known: RecordType) -> object:
    column = next(c for c in known.model._meta.concrete_fields if c.name == "status")
    return column.get_default()


def all_happenings() -> dict[str, Happening]:
    """Every event by name, in the language that is active."""
    return {each.name: each for known in told_types() for each in happenings(known)}


def listens(events: Sequence[str], name: str) -> bool:
    """Whether somebody who asked for some events is told of one."""
    return EVERYTHING in events or name in events or f"{name.partition('.')[0]}.*" in events


def nouns_of(events: Sequence[str]) -> list[str]:
    """The record types that events belong to; all of them for everything."""
    if EVERYTHING in events:
        return [known.name for known in told_types()]
    return list(dict.fromkeys(name.partition(".")[0] for name in events))


def unknown_in(events: Iterable[str]) -> list[str]:
    """Those of some names that are no events."""
    known = all_happenings()
    nouns = {each.noun for each in known.values()}
    return [
        name
        for name in events
        if name != EVERYTHING and name not in known and not (name.endswith(".*") and name[:-2] in nouns)
    ]


def listened_to(rows: Iterable[Sequence[str]]) -> frozenset[str]:
    """Labels of the models that some lists of events are about."""
    return frozenset(TYPES[noun].model._meta.label for events in rows for noun in nouns_of(events) if noun in TYPES)


def active() -> frozenset[str]:
    """Labels of the models to which an active webhook listens."""
    return listened_to(Webhook._base_manager.filter(status=Status.ACTIVE).values_list("events", flat=True))


def first_noun(events: list[str]) -> str:
    """The record type of the first event; of everything the first type there is."""
    noun = events[0].partition(".")[0] if events else ""
    return noun if noun in TYPES else next(known.name for known in told_types() if not known.setting)
