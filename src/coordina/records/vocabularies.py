"""What filters may say about each record type, derived from its declaration; text goes through the search index."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Model, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coordina.core.actions import ACTIONS
from coordina.core.actors import Actor
from coordina.core.filters import Vocabulary
from coordina.core.filters.fields import Asker, Filterable
from coordina.core.filters.refusals import BadFilter
from coordina.core.quality import QUALITY
from coordina.core.sight import hidden_columns
from coordina.core.types import Field, Kind, RecordType, find_type
from coordina.ledger.touched import ANY, CREATED, UPDATED, find_seen, touched
from coordina.records.models import ImportRun
from coordina.records.quality.marks import flawed
from coordina.records.search import matching

_built: dict[type[Model], Vocabulary] = {}

WRITTEN: dict[str, str] = {"written_in": ANY, "created_in": CREATED, "updated_in": UPDATED}
"""Conditions on what a change set wrote: `created_in = 12`. Pages of imports and bulk work lead to them."""
QUIET = "quiet_for"
"""Condition of records to which nothing has happened for some days: `quiet_for = 180`."""
LONGEST = 3650
"""Days at most that such a condition names."""
_WRITES = {
    "written_in": Field(name="written_in", label=_("written by"), kind=Kind.NUMBERED),
    "created_in": Field(name="created_in", label=_("created by"), kind=Kind.NUMBERED),
    "updated_in": Field(name="updated_in", label=_("updated by"), kind=Kind.NUMBERED),
}
_QUIET = Field(name=QUIET, label=_("nothing has happened for"), kind=Kind.NUMBERED)


def vocabulary_of(known: RecordType) -> Vocabulary:
    """The vocabulary of a record type; built once a process, and anew when people added fields."""
    kept = _built.get(known.model)
    if kept is None or kept.fields is not known.fields:

        def search(field: Filterable, text: str, asker: Asker) -> Q:
            return matching(known.model, text, asker.user)

        def numbered(field: Filterable, number: int, asker: Asker) -> Q | None:
            return _numbered(known, field.name, number, asker)

        kept = _built[known.model] = Vocabulary(
            model=known.model,
            fields=known.fields,
            search=search,
            far=_far,
            unlisted=_unlisted(known),
            numbered=numbered,
            seen=known.known_to,
            apart=lambda actor: _unlisted(known, actor),
        )
    return kept


def _unlisted(known: RecordType, actor: Actor | None = None) -> Mapping[str, Filterable]:
    """What filters say besides the fields: which change wrote a record, how long nothing happened, what is wrong.

    Args:
        known: The record type.
        actor: Who asks: values hidden from them are not said to be wrong. None for all there is.
    """
    found: dict[str, Filterable] = dict(_WRITES)
    asked = QUALITY.get(known.name)
    if asked is None:
        return found
    found[QUIET] = _QUIET
    if asked.flaws:
        hidden = hidden_columns(known, actor) if actor is not None else frozenset()
        told = [flaw for flaw in asked.flaws if hidden.isdisjoint(flaw.columns)]
        found["flaw"] = Field(
            name="flaw",
            label=_("flaw"),
            kind=Kind.CHOICE,
            path="code",
            choices=[(flaw.name, flaw.label) for flaw in told],
            many=lambda condition: flawed(known, condition & Q(code__in=[flaw.name for flaw in told])),
        )
    return found


def _numbered(known: RecordType, name: str, number: int, asker: Asker) -> Q | None:
    if name != QUIET:
        change = find_seen(asker.user, number)
        return touched(known.model, change, WRITTEN[name]) if change is not None else None
    asked = QUALITY.get(known.name)
    if asked is None or not 0 < number <= LONGEST:
        raise BadFilter(gettext("Write a number of days from 1 to %(most)d.") % {"most": LONGEST})
    since = asker.now - timedelta(days=number)
    silent = Q(changed_at__lt=since)
    return silent & ~asked.lived(asker.user, since) if asked.lived is not None else silent


def _far(model: type[Model]) -> Vocabulary | None:
    known = find_type(model)
    return vocabulary_of(known) if known is not None else None


def numbered_name(user: Actor, name: str, number: int) -> str:
    """What the number of an unlisted condition stands for: days, the file of an import, else what was done.

    Empty for a change set that is not for them.
    """
    if name == QUIET:
        return ngettext("%(days)d day", "%(days)d days", number) % {"days": number}
    change = find_seen(user, number)
    if change is None:
        return ""
    run = ImportRun.objects.filter(change_set=change, parent=None).only("file_name").first()
    declared = ACTIONS.get(change.action)
    return run.file_name if run is not None else str(declared.label) if declared is not None else ""


def written_query(change_set: int, name: str = "written_in") -> str:
    """The filter that narrows a list to what a change set wrote."""
    return f"{name} = {change_set}"
