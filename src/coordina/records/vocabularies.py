"""What filters may say about each record type, derived from its declaration; text goes through the search index."""

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actions import ACTIONS
from coordina.core.actors import Actor
from coordina.core.filters import Vocabulary
from coordina.core.filters.fields import Asker, Filterable
from coordina.core.types import Field, Kind, RecordType, find_type
from coordina.ledger.touched import ANY, CREATED, UPDATED, find_seen, touched
from coordina.records.models import ImportRun
from coordina.records.search import matching

_built: dict[type[Model], Vocabulary] = {}

WRITTEN: dict[str, str] = {"written_in": ANY, "created_in": CREATED, "updated_in": UPDATED}
"""Conditions on what a change set wrote: `created_in = 12`. Pages of imports and bulk work lead to them."""
_FIELDS = {
    "written_in": Field(name="written_in", label=_("written by"), kind=Kind.WRITES),
    "created_in": Field(name="created_in", label=_("created by"), kind=Kind.WRITES),
    "updated_in": Field(name="updated_in", label=_("updated by"), kind=Kind.WRITES),
}


def vocabulary_of(known: RecordType) -> Vocabulary:
    """The vocabulary of a record type; built once a process, and anew when people added fields."""
    kept = _built.get(known.model)
    if kept is None or kept.fields is not known.fields:

        def search(field: Filterable, text: str) -> Q:
            return matching(known.model, text)

        def written(field: Filterable, number: int, asker: Asker) -> Q | None:
            change = find_seen(asker.user, number)
            return touched(known.model, change, WRITTEN[field.name]) if change is not None else None

        kept = _built[known.model] = Vocabulary(
            model=known.model,
            fields=known.fields,
            search=search,
            far=_far,
            unlisted=_FIELDS,
            written=written,
        )
    return kept


def _far(model: type[Model]) -> Vocabulary | None:
    known = find_type(model)
    return vocabulary_of(known) if known is not None else None


def written_name(user: Actor, number: int) -> str:
    """What people call a change set: the file of an import, else what was done; empty for one that is not for them."""
    change = find_seen(user, number)
    if change is None:
        return ""
    run = ImportRun.objects.filter(change_set=change, parent=None).only("file_name").first()
    declared = ACTIONS.get(change.action)
    return run.file_name if run is not None else str(declared.label) if declared is not None else ""


def written_query(change_set: int, name: str = "written_in") -> str:
    """The filter that narrows a list to what a change set wrote."""
    return f"{name} = {change_set}"
