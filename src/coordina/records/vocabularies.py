"""What filters may say about each record type, derived from its declaration; text goes through the search index."""

from django.db.models import Model, Q

from coordina.core.filters import Vocabulary
from coordina.core.filters.fields import Filterable
from coordina.core.types import RecordType, find_type
from coordina.records.search import matching

_built: dict[type[Model], Vocabulary] = {}


def vocabulary_of(known: RecordType) -> Vocabulary:
    """The vocabulary of a record type; built once a process, and anew when people added fields."""
    kept = _built.get(known.model)
    if kept is None or kept.fields is not known.fields:

        def search(field: Filterable, text: str) -> Q:
            return matching(known.model, text)

        kept = _built[known.model] = Vocabulary(model=known.model, fields=known.fields, search=search, far=_far)
    return kept


def _far(model: type[Model]) -> Vocabulary | None:
    known = find_type(model)
    return vocabulary_of(known) if known is not None else None
