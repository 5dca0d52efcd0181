"""One fact beside each record that was found."""

from collections.abc import Sequence
from typing import Any

from coordina.accounts.models import User
from coordina.records.search import Hit
from coordina.web.lookups import fact_beside


def facts_of(hits: Sequence[Hit], user: User) -> dict[tuple[str, int], str]:
    """The subtitle of each hit by type name and id, as far as the person may see it; one query a type."""
    found: dict[tuple[str, int], str] = {}
    for known in {h.type.name: h.type for h in hits}.values():
        path, worded = fact_beside(known, user)
        if not path:
            continue
        keys = [h.pk for h in hits if h.type is known]
        rows: Any = known.model.objects.visible_to(user).filter(pk__in=keys)
        for pk, fact in rows.values_list("pk", path):
            found[known.name, pk] = worded(fact)
    return found
