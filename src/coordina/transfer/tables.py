"""Which tables an archive holds, and the rows of each in the one form that every database gives and takes.

A line is one row as JSON, the form in which the ledger writes it: columns by name, references by id, moments in UTC,
amounts as text. Keys of nested values stand in order and bytes as base64, so the same row is the same line everywhere.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from coordina.core.carried import SECRET, WHOLE, Carried, carried
from coordina.core.images import decode, encode

FOREIGN: Mapping[type[models.Model], Carried] = {
    Session: SECRET,
    ContentType: Carried(left_out="it numbers the tables of one database"),
}
"""Tables of libraries, which cannot say it themselves."""
READ, HEAVY = 2000, 20
"""Rows that are read together: of most tables, and of those whose rows may be large."""

type Way = Callable[[Any], Any] | None
"""How a value is written or read; None for one that stays as it is."""

_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.FloatField)
_line = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the archive and in the model, how it is written and how it is read."""

    name: str
    field: models.Field[Any, Any]
    out: Way
    back: Way


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the archive."""

    model: type[models.Model]
    columns: tuple[Column, ...]
    said: Carried

    @property
    def label(self) -> str:
        """Label of the model, such as `customers.Company`."""
        return self.model._meta.label

    @property
    def member(self) -> str:
        """Where its rows stand in the archive."""
        return f"data/{self.label}.jsonl"

    def rows(self, using: str) -> models.QuerySet[Any]:
        """The rows that go along, in the order of their keys."""
        found: models.QuerySet[Any] = self.model._base_manager.using(using).order_by("pk")
        return found.exclude(**self.said.but) if self.said.but else found

    def lines(self, using: str) -> Iterator[str]:
        """The rows as lines of JSON."""
        names = [column.name for column in self.columns]
        all_ways = [(place, _settling(c, self.said)) for place, c in enumerate(self.columns)]
        ways = [(place, way) for place, way in all_ways if way is not None]
        heavy = any(isinstance(c.field, models.BinaryField) for c in self.columns)
        for row in self.rows(using).values_list(*names).iterator(HEAVY if heavy else READ):
            values = list(row)
            for place, way in ways:
                if values[place] is not None:
                    values[place] = way(values[place])
            yield _line(dict(zip(names, values, strict=True)))


def tables() -> list[Table]:
    """The tables that go along, in the order of their labels."""
    found = [
        Table(model, tuple(map(_column, model._meta.concrete_fields)), said)
        for model, said in every_model()
        if not said.left_out
    ]
    return sorted(found, key=lambda table: table.label)


def left_out() -> dict[str, str]:
    """The tables that stay behind in whole or in part, with the reason."""
    found = {model._meta.label: said.left_out for model, said in every_model() if said.left_out}
    found |= {f"{m._meta.label}, some rows": said.why for m, said in every_model() if said.but}
    return dict(sorted(found.items()))


def every_model() -> Iterator[tuple[type[models.Model], Carried]]:
    """Every table there is, with what it says of itself."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model, FOREIGN.get(model) or carried(model)


def _column(field: models.Field[Any, Any]) -> Column:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(field, models.JSONField):
        return Column(field.attname, field, ordered, None)
    if isinstance(field, models.BinaryField):
        return Column(field.attname, field, _as_text, base64.b64decode)
    if isinstance(target, _PLAIN):
        return Column(field.attname, field, None, None)
    return Column(field.attname, field, encode, lambda value: decode(target, value))


def _settling(column: Column, said: Carried) -> Way:
    """How a column is written, values that mean something under way made to rest."""
    becomes = said.settled.get(column.name)
    if becomes is None:
        return column.out
    return lambda value: becomes.get(value, value)


def _as_text(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def ordered(value: Any) -> Any:
    """A JSON value with the keys of every object in order: PostgreSQL keeps no other."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [ordered(each) for each in value]
    return value


__all__ = ["WHOLE", "Column", "Table", "every_model", "left_out", "ordered", "tables"]
