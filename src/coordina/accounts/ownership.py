"""What a person owns: said before their access ends, so that somebody takes it over."""

from dataclasses import dataclass

from coordina.accounts.models import User
from coordina.core.refusals import Text
from coordina.core.types import TYPES, RecordType


@dataclass(frozen=True, slots=True)
class Owned:
    """Records of one type that belong to a person.

    Attributes:
        count: How many of those that the reader may see.
        query: The filter of the list that shows them.
    """

    known: RecordType
    label: Text
    count: int
    query: str


def owned_by(user: User, reader: User) -> list[Owned]:
    """What a person owns, by record type, as far as the reader may see it; types with none left out.

    Args:
        user: The owner.
        reader: Whoever asks.
    """
    found: list[Owned] = []
    for known in TYPES:
        owner = known.model.scope_owner
        if not owner or known.within or known.model.scope_parent or not reader.may(known.model.view_permission()):
            continue
        count = known.model.objects.visible_to(reader).filter(**{f"{owner}_id": user.pk}).count()
        if count:
            found.append(Owned(known, known.plural, count, f"{owner} = {user.pk}"))
    return found
