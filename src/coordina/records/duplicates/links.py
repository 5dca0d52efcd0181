"""What refers to a record: every foreign key of every model, and what hangs on it by type and id.

The list is read off the models, so a noun of an upper room is moved by a merge without saying a word. A room whose
links need more than a new id declares a `mover`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F

from coordina.core.added import COLUMN
from coordina.core.jsonpath import JsonNumber
from coordina.core.records import HANGERS, Record
from coordina.core.types import TYPES, Kind, find_type
from coordina.records.fields.building import LINKED
from coordina.records.models import CustomField


@dataclass(frozen=True)
class Link:
    """One way in which rows refer to records of a model.

    Attributes:
        model: Whose rows refer.
        column: Attribute that holds the id: `company_id`, `subject_id`.
        label: Label that `subject_type` must hold besides; empty for a foreign key.
    """

    model: type[Record]
    column: str
    label: str = ""

    def rows(self, keys: Sequence[int]) -> Any:
        """The rows that refer to these records."""
        kind = {"subject_type": self.label} if self.label else {}
        rows: Any = self.model._base_manager
        return rows.filter(**{f"{self.column}__in": list(keys)}, **kind)


type Mover = Callable[[Record, Record], None]

MOVERS: dict[str, list[Mover]] = {}
"""By label of a merged model: what rooms do before the rest is moved."""


def mover(label: str) -> Callable[[Mover], Mover]:
    """Declare what a room does with its own links, given the record that stays and the one that goes, before the rest
    is moved by rote. It runs inside the change set of the merge; what it writes is undone with it.

    Args:
        label: Of the merged model, such as `customers.Company`.
    """

    def register(fn: Mover) -> Mover:
        MOVERS.setdefault(label, []).append(fn)
        return fn

    return register


@cache
def links_to(model: type[Record]) -> tuple[Link, ...]:
    """Every way in which records refer to records of a model."""
    found = [Link(hanger, "subject_id", model._meta.label) for hanger in HANGERS]
    for other in apps.get_models():
        if issubclass(other, Record):
            found += [Link(other, c.attname) for c in other._meta.concrete_fields if c.related_model is model]
    return tuple(sorted(found, key=lambda link: (link.model._meta.label, link.column)))


@dataclass(frozen=True)
class AddedLink:
    """A field that people added, by which rows refer to records of a model: the id is a value of a JSON column."""

    model: type[Record]
    slug: str

    def rows(self, keys: Sequence[int]) -> Any:
        """The rows that refer to these records."""
        rows: Any = self.model._base_manager
        return rows.annotate(added_link=JsonNumber(F(COLUMN), self.slug)).filter(added_link__in=list(keys))


def added_links_to(model: type[Record]) -> list[AddedLink]:
    """The fields that people added to refer to records of a model, also those that are put away."""
    known = find_type(model)
    if known is None or known.name not in LINKED:
        return []
    fields = CustomField.objects.filter(kind=Kind.REF, to=known.name).order_by("pk")
    return [AddedLink(TYPES[field.noun].model, field.slug) for field in fields if field.noun in TYPES]


def count_links(model: type[Record], keys: Sequence[int], most: int) -> int:
    """How many rows refer to these records, counted up to about `most`."""
    total = 0
    links: list[Link | AddedLink] = [*links_to(model), *added_links_to(model)]
    for link in links:
        total += link.rows(keys)[: most + 1].count()
        if total > most:
            break
    return total


def constraints_on(model: type[models.Model], column: str) -> Iterator[tuple[tuple[str, ...], models.Q | None]]:
    """Columns besides `column` that must be unique together with it, each with the condition of the constraint."""
    field = model._meta.get_field(column)
    if getattr(field, "unique", False):
        yield (), None
    groups: list[tuple[Sequence[str], models.Q | None]] = [(names, None) for names in model._meta.unique_together]
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and one.fields:
            groups.append((one.fields, one.condition))
    for names, condition in groups:
        columns = [str(getattr(model._meta.get_field(n), "attname", n)) for n in names]
        if column in columns:
            yield tuple(c for c in columns if c != column), condition
