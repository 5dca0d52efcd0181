"""Which records a reference may name: of those one may see, by the beginning of their title, then by their words."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from coordina.accounts.models import User
from coordina.core.refusals import Forbidden, NotFound
from coordina.core.types import RecordType
from coordina.records.search import find
from coordina.web.access import may_list

MOST = 20
_LAST = "\U0010ffff"


def lookup(user: User, known: RecordType, text: str) -> list[dict[str, Any]]:
    """Up to twenty records as id, label and one fact.

    Args:
        user: Who looks; nothing beyond what they may see is found.
        known: The record type.
        text: What was typed; empty gives the latest, the person's own first.

    Raises:
        NotFound: For types that are only parts of others: nothing refers to those.
        Forbidden: Where the role does not include the type at all.
    """
    if known.within:
        raise NotFound
    if not may_list(user, known):
        raise Forbidden
    path, worded = fact_beside(known, user)
    columns = (known.model.title_column, *([path] if path else ()))
    rows = list(candidates(user, known, text.strip()).values_list("pk", *columns)[:MOST])
    if text.strip() and len(rows) < MOST:
        rows += _by_words(user, known, text, {row[0] for row in rows}, columns)[: MOST - len(rows)]
    return [{"id": pk, "label": str(label), "fact": worded(*rest)} for pk, label, *rest in rows]


def fact_beside(known: RecordType, user: User) -> tuple[str, Callable[..., str]]:
    """The one fact that stands beside a title, as far as the person may see it.

    Returns:
        Its path, empty where there is none; and what says its value.
    """
    field = known.known_to(user).get(known.subtitle) if known.subtitle else None

    def worded(value: Any = None) -> str:
        return str(field.label_of(value)) if field is not None and value and field.choices else str(value or "")

    return ("" if field is None else field.title_path or field.path), worded


def _by_words(
    user: User, known: RecordType, text: str, had: set[int], columns: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    """Records that the search index finds by any of their words, in its order."""
    ids = [hit.pk for hit in find(text, user, only=[known], limit=MOST) if hit.pk not in had]
    if not ids:
        return []
    found = {row[0]: row for row in known.model.objects.visible_to(user).filter(pk__in=ids).values_list("pk", *columns)}
    return [found[pk] for pk in ids if pk in found]


def candidates(user: User, known: RecordType, text: str) -> QuerySet[Any]:
    """The records in the order they are offered."""
    model = known.model
    seen: QuerySet[Any] = model.objects.visible_to(user)
    title = model.title_column
    if text:
        return seen.filter(_begins(title, text)).order_by(title, "pk")
    if known.setting or known.order.removeprefix("-") == known.title:
        return seen.order_by(title, "pk")
    if model.scope_owner and not model.scope_parent:
        mine = seen.filter(**{model.scope_owner: user.pk})
        if mine.exists():
            return mine.order_by("-changed_at", "-pk")
    return seen.order_by("-changed_at", "-pk")


def _begins(column: str, text: str) -> Q:
    """Titles that begin with the text, in the capitals people use: each spelling is one range of the index."""
    spellings = {text, text.lower(), text.upper(), text[:1].upper() + text[1:], text.title()}
    found = Q()
    for spelling in spellings:
        found |= Q(**{f"{column}__gte": spelling, f"{column}__lt": spelling + _LAST})
    return found
