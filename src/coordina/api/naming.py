"""Records as programs name them: by id, by reference (`OPP-000123`), or by the id another system has for them."""

from collections.abc import Iterable
from typing import Any

from coordina.accounts.models import User
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.records import Record
from coordina.core.references import find_reference
from coordina.core.refusals import NotFound
from coordina.records.models import ExternalId

LONGEST = 262
REFERENCE = "reference"
"""Column of models whose records people know by a reference."""


def find(model: type[Record], text: str, user: User) -> int:
    """The id of the record that a text names.

    Args:
        model: Of which kind.
        text: `12`, `OPP-000012` or `hubspot:4711`.
        user: Who asks.

    Raises:
        NotFound: When there is none that they may see.
    """
    pk = parse_id(text)
    if pk is None:
        pk = ids_of(model, [text], user).get(text)
    elif one(model, pk, user) is None:
        pk = None
    if pk is None:
        raise NotFound
    return pk


def ids_of(model: type[Record], texts: Iterable[str], user: User) -> dict[str, int]:
    """The ids of the records that some texts name by reference or foreign id, as far as a person may see them."""
    references: dict[str, str] = {}
    foreign: dict[tuple[str, str], str] = {}
    for text in texts:
        system, colon, value = text.partition(":")
        if colon and len(text) <= LONGEST:
            foreign[system, value] = text
        elif (found := find_reference(text)) is not None:
            references[str(found)] = text
    named: dict[str, int] = {}
    if references and any(column.name == REFERENCE for column in model._meta.concrete_fields):
        rows: Any = model.objects
        seen = rows.visible_to(user).filter(reference__in=list(references))
        named |= {references[reference]: pk for reference, pk in seen.values_list(REFERENCE, "pk")}
    if foreign:
        named |= _foreign(model, foreign, user)
    return named


def _foreign(model: type[Record], foreign: dict[tuple[str, str], str], user: User) -> dict[str, int]:
    """Ids of records by the ids that other systems have for them."""
    label = model._meta.label
    known = ExternalId.objects.filter(
        subject_type=label, system__in={s for s, _v in foreign}, value__in={v for _s, v in foreign}
    )
    found = [row for row in known.values_list("system", "value", "subject_id") if row[:2] in foreign]
    rows: Any = model.objects
    seen = set(rows.visible_to(user).filter(pk__in=[pk for _s, _v, pk in found]).values_list("pk", flat=True))
    return {foreign[s, v]: pk for s, v, pk in found if pk in seen}
