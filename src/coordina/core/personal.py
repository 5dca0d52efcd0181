"""What each room keeps of a person: said once by the room that keeps it, asked by whatever exports or erases people.

```python
keeps(Keeping(model=Note, fate=Fate.GONE, rows=hung(Note)))
keeps(Keeping(model=Stakeholder, fate=Fate.GONE, rows=by_key(Stakeholder, "person", "customers.Person")))
```
A model that refers to people, or hangs on records, and is in nobody's list makes a test fail.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from coordina.core.refusals import Text
from coordina.core.registry import Registry

SHORTEST = 5
"""Characters of a word by which rows of machine tables are looked through: shorter ones stand everywhere."""


class Fate(StrEnum):
    """What becomes of rows when the person they tell of is erased."""

    GONE = "gone"
    EMPTIED = "emptied"
    STAYS = "stays"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom something is about: one human being, in all the records that they are or were.

    Attributes:
        ids: By label of the model, ids of records, merged ones too.
        words: What names them: names, addresses, numbers, former ones too.
        changes: Ids of the change sets that wrote one of the records.
    """

    ids: Mapping[str, frozenset[int]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    changes: frozenset[int] = frozenset()

    def of(self, label: str) -> list[int]:
        """Ids of the records of a model."""
        return sorted(self.ids.get(label, ()))


type Rows = Callable[[Subjects], models.QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What one model keeps of people.

    Attributes:
        rows: Those that tell of somebody.
        empties: Of rows that are emptied: by attribute, what stands there afterwards, or a function of the row.
        links: Columns by which rows refer to people, so that those are found on the ledger that are gone already.
        why: What stays of them, and what for; empty where nothing does.
        told: Whether who asks what is kept of them is given these rows.
        tells: Attributes of a row that they are given; all but the machine's own and other people's where empty.
        tool: Whether it is the machine's own business, about which nobody is told in a preview.
        bytes_of: Files that belong to a row, to be removed with it.
    """

    model: type[models.Model]
    fate: Fate
    rows: Rows
    empties: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    why: Text = ""
    told: bool = True
    tells: tuple[str, ...] = ()
    tool: bool = False
    bytes_of: Callable[[Any], Iterable[Any]] | None = None

    @property
    def name(self) -> str:
        """By which it is known: the label of the model."""
        return self.model._meta.label


KEEPINGS: Registry[str, Keeping] = Registry("what is kept of people")
KINDS: Registry[str, "Kind"] = Registry("kind of record that is a person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A record class whose records are people.

    Attributes:
        naming: Columns that name or reach them; by their values tables without links are looked through.
        leaves: Whether a record goes whole; else `empties` says what stands in its columns afterwards.
        empties: By attribute.
    """

    model: type[models.Model]
    naming: tuple[str, ...]
    leaves: Callable[[Any], bool] = lambda obj: True
    empties: Callable[[Any], Mapping[str, Any]] = lambda obj: {}


type Same = Callable[[Sequence[int]], Mapping[str, Iterable[int]]]

SAMES: list[tuple[str, Same]] = []
"""By label of a model: from ids of it to ids, by label, of what is the same human being."""


def same_as(label: str) -> Callable[[Same], Same]:
    """Declare how other records of the same human being are found."""

    def register(fn: Same) -> Same:
        SAMES.append((label, fn))
        return fn

    return register


def keeps(keeping: Keeping) -> None:
    """Say what a model keeps of people."""
    KEEPINGS.add(keeping.name, keeping)


def by_key(model: type[models.Model], column: str, label: str) -> Rows:
    """Rows that refer to people by a foreign key."""

    def rows(who: Subjects) -> models.QuerySet[Any]:
        return model._base_manager.filter(**{f"{column}__in": who.of(label)})

    return rows


def hung(model: type[models.Model]) -> Rows:
    """Rows that hang on people by the label of their model and their id."""

    def rows(who: Subjects) -> models.QuerySet[Any]:
        found = Q(pk__in=())
        for label in who.ids:
            found |= Q(subject_type=label, subject_id__in=who.of(label))
        return model._base_manager.filter(found)

    return rows


def holding(model: type[models.Model], *columns: str) -> Rows:
    """Rows in whose texts one of the words stands that name somebody; texts inside JSON too."""

    def rows(who: Subjects) -> models.QuerySet[Any]:
        found = model._base_manager.annotate(**{f"text_of_{c}": Cast(c, models.TextField()) for c in columns})
        wanted = Q(pk__in=())
        for word in spellings(who.words):
            for column in columns:
                wanted |= Q(**{f"text_of_{column}__icontains": word})
        held: models.QuerySet[Any] = found.filter(wanted)
        return held

    return rows


def spellings(words: Iterable[str]) -> list[str]:
    """Words as they stand in texts and in JSON, the short ones left out."""
    found: dict[str, None] = {}
    for word in words:
        text = word.strip()
        if len(text) >= SHORTEST:
            found[text] = None
            found[json.dumps(text)[1:-1]] = None
    return list(found)
