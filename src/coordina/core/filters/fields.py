"""What a filter may speak about, and on whose behalf."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Exists, Model, Q

from coordina.core.actors import Actor
from coordina.core.filters.ast import Operator
from coordina.core.refusals import Text
from coordina.core.registry import Registry

REFERENCE_WORDS: Registry[str, Callable[[Actor, type[Model]], Collection[int] | None]] = Registry("reference word")
"""Words that stand for records, such as `my_team`: ids of rows of the model asked for, None where the word does not fit
that model. `me` is built in and fits the model of the actor."""


class Declared(Protocol):
    """What filters and sorting need of a field alike; the fields of record types are such."""

    @property
    def name(self) -> str:
        """Public name; `company.city` reaches over a reference."""
        ...

    @property
    def label(self) -> Text:
        """What people call it."""
        ...

    @property
    def kind(self) -> str:
        """One of the kinds of field, such as `money` or `ref`; decides the operators."""
        ...

    @property
    def path(self) -> str:
        """ORM path; with `many` a path of the far rows. Empty: the name."""
        ...

    @property
    def permission(self) -> str:
        """Without this permission there is no such field; empty for all."""
        ...

    @property
    def json_key(self) -> str:
        """Slug inside the JSON column at `path`; empty for a column of its own."""
        ...


class Filterable(Declared, Protocol):
    """A field as the filter language needs it."""

    @property
    def to(self) -> type[Model] | None:
        """The model a reference points to."""
        ...

    @property
    def choices(self) -> Sequence[tuple[Any, Text]]:
        """Values with their labels."""
        ...

    @property
    def many(self) -> Callable[[Q], Exists] | None:
        """Builds the EXISTS of a to-many condition from a condition on the far rows."""
        ...

    @property
    def filterable(self) -> bool:
        """Whether filters may use it."""
        ...

    @property
    def searchable(self) -> bool:
        """Whether the search index holds its text."""
        ...

    @property
    def contains_ok(self) -> bool:
        """Whether looking for a part of its text row by row is cheap enough."""
        ...

    @property
    def digits(self) -> int | None:
        """Digits of a number in all, None for the usual bound."""
        ...

    @property
    def decimals(self) -> int | None:
        """Digits after the point, None for the usual bound."""
        ...


class Family(StrEnum):
    """Kinds of field that share operators and values."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    REF = "ref"
    BOOL = "bool"
    NUMBERED = "numbered"


_FAMILIES: Mapping[str, Family] = {
    "text": Family.TEXT,
    "email": Family.TEXT,
    "phone": Family.TEXT,
    "url": Family.TEXT,
    "long_text": Family.LONG,
    "integer": Family.NUMBER,
    "decimal": Family.NUMBER,
    "money": Family.NUMBER,
    "percent": Family.NUMBER,
    "date": Family.DATE,
    "datetime": Family.DATETIME,
    "choice": Family.CHOICE,
    "choices": Family.CHOICES,
    "ref": Family.REF,
    "tags": Family.REF,
    "bool": Family.BOOL,
    "numbered": Family.NUMBERED,
}
_STATE = (Operator.EMPTY, Operator.SET)
_SAME = (Operator.EQUAL, Operator.UNEQUAL)
_RANGE = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)
_OPERATORS: Mapping[Family, tuple[Operator, ...]] = {
    Family.TEXT: (*_SAME, Operator.MATCHES, Operator.IN, *_STATE),
    Family.LONG: (Operator.MATCHES, *_STATE),
    Family.NUMBER: (*_SAME, *_RANGE, Operator.IN, *_STATE),
    Family.DATE: (Operator.IN, *_SAME, *_RANGE, *_STATE),
    Family.DATETIME: (Operator.IN, *_SAME, *_RANGE, *_STATE),
    Family.CHOICE: (*_SAME, Operator.IN, *_STATE),
    Family.CHOICES: (Operator.HAS, Operator.IN, *_STATE),
    Family.REF: (*_SAME, Operator.IN, *_STATE),
    Family.BOOL: (*_SAME, *_STATE),
    Family.NUMBERED: _SAME,
}


def family_of(field: Filterable) -> Family:
    """The family of a field; text where its kind is unknown here."""
    return _FAMILIES.get(field.kind, Family.TEXT)


def operators_of(field: Filterable) -> tuple[Operator, ...]:
    """What a field can be compared with, most usual first; the filter bar offers these."""
    usual = _OPERATORS[family_of(field)]
    return (Operator.HAS, *usual) if field.many else usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """On whose behalf a filter is read, and when: decides `me`, `today` and which fields exist.

    Attributes:
        user: The actor; for a rule its owner.
        now: The moment, with a time zone.
        time_zone: Where the actor's days begin.
    """

    user: Actor
    now: dt.datetime
    time_zone: dt.tzinfo

    @property
    def today(self) -> dt.date:
        """The day it is for the actor."""
        return self.now.astimezone(self.time_zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What filters may say about one model.

    Attributes:
        model: The model whose rows are filtered.
        fields: Allowed fields by public name.
        search: Finds rows whose indexed text holds the words: from the field and the text to a condition.
        far: The vocabulary of a model that references point to; None (the function or its answer) closes the way.
        unlisted: What a filter may say though nobody chooses it from a list: pages lead there.
        numbered: The condition of fields of the family `numbered`, whose value is a number of something: from the field
            and the number to rows; None where the asker may not know it or there is no such thing.
        seen: The fields that an actor may see at all; by their permissions where it is not said.
        apart: What of `unlisted` an actor may say; all of it where it is not said.
    """

    model: type[Model]
    fields: Mapping[str, Filterable]
    search: Callable[[Filterable, str, Asker], Q] | None = None
    far: Callable[[type[Model]], "Vocabulary | None"] | None = None
    unlisted: Mapping[str, Filterable] = field(default_factory=dict)
    numbered: Callable[[Filterable, int, Asker], Q | None] | None = None
    seen: Callable[[Actor], Mapping[str, Filterable]] | None = None
    apart: Callable[[Actor], Mapping[str, Filterable]] | None = None

    def seen_by(self, actor: Actor) -> Mapping[str, Filterable]:
        """The fields that `actor` may see; the others do not exist for them."""
        if self.seen is not None:
            return self.seen(actor)
        return {n: field for n, field in self.fields.items() if not field.permission or actor.may(field.permission)}

    def unlisted_to(self, actor: Actor) -> Mapping[str, Filterable]:
        """What `actor` may say besides the fields."""
        return self.apart(actor) if self.apart is not None else self.unlisted

    def known_to(self, actor: Actor) -> dict[str, Filterable]:
        """Those of them that they may filter by."""
        return {name: field for name, field in self.seen_by(actor).items() if field.filterable}

    def beyond(self, model: type[Model]) -> "Vocabulary | None":
        """The vocabulary of a related model, if there is a way to it."""
        return self.far(model) if self.far else None
