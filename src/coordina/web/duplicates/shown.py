"""Records side by side, as pages about duplicates show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType
from coordina.records.duplicates.declared import MATCHINGS, Matching
from coordina.web.listpage import capital
from coordina.web.rows import columns_of


@dataclass(frozen=True, slots=True)
class Side:
    """One record.

    Attributes:
        cells: Escaped HTML by field name.
    """

    pk: int
    title: str
    url: str
    cells: dict[str, str]


def matching_for(known: RecordType, user: User) -> Matching:
    """How records of a type are compared.

    Raises:
        NotFound: When they are not, or the person may see none of them.
    """
    found = MATCHINGS.get(known.name)
    if found is None or not user.may(known.model.view_permission()):
        raise NotFound
    return found


def sides_of(
    known: RecordType, keys: Iterable[int], user: User, formats: Formats, names: Sequence[str]
) -> dict[int, Side]:
    """Records with some of their fields, drawn, by id; only what the person may see."""
    columns = columns_of(known, names, user, formats)
    paths = [path for column in columns for path in column.paths]
    rows: Any = known.model.objects.visible_to(user).filter(pk__in=list(keys))
    found: dict[int, Side] = {}
    for pk, title, *values in rows.values_list("pk", known.model.title_column, *paths):
        cells: dict[str, str] = {}
        start = 0
        for column in columns:
            end = start + len(column.paths)
            cells[column.field.name] = SafeString(column.draw(tuple(values[start:end])))
            start = end
        found[pk] = Side(pk, str(title), reverse("web:detail", args=(known.url, pk)), cells)
    return found


def compared_names(kind: Matching, user: User) -> tuple[str, ...]:
    """Fields in which pairs are shown: what is compared, and who looks after the record."""
    known = kind.known
    seen = known.known_to(user)
    names = [p.field for p in kind.own if p.field in seen and p.field != known.title]
    more = [n for n in ("company", "city", "owner") if n in seen]
    return tuple(dict.fromkeys([*names, *more]))


def label_of(known: RecordType, name: str) -> str:
    """Label of a field."""
    return capital(known.fields[name].label)
