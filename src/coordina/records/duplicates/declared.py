"""By which of its fields records of a type are compared: what a room declares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coordina.core.actors import Actor
from coordina.core.records import Record
from coordina.core.registry import Registry
from coordina.core.types import TYPES, RecordType
from coordina.records.duplicates import words
from coordina.records.duplicates.scoring import Facts, Trait

READERS: Mapping[Trait, Callable[[str], str]] = {
    Trait.COMPANY_NAME: words.company_name,
    Trait.PERSON_NAME: words.person_name,
    Trait.TAX_ID: words.tax_id,
    Trait.DOMAIN: words.domain,
    Trait.EMAIL: words.mail,
    Trait.PHONE: words.telephone,
    Trait.STREET: words.street,
    Trait.PLACE: words.place,
    Trait.POSTAL_CODE: words.postal_code,
    Trait.BIRTH: words.birth,
    Trait.SAME: words.same,
}
"""How a written value of each trait becomes plain."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value that is compared.

    Attributes:
        trait: What it says of a record.
        column: Column it stands in, of the record or of `of`; for a reference the one with the id (`company_id`).
        of: Records that belong to it and hold the value, such as addresses.
        by: Their foreign key to it.
    """

    trait: Trait
    column: str
    of: type[Record] | None = None
    by: str = ""

    @property
    def field(self) -> str:
        """Name under which a form sends the value."""
        return self.column.removesuffix("_id") if self.trait is Trait.SAME else self.column


@dataclass(frozen=True)
class Matching:
    """How records of a type are compared.

    Attributes:
        name: Of the record type.
        model: Its model.
        parts: What is compared.
    """

    name: str
    model: type[Record]
    parts: tuple[Part, ...]

    @property
    def label(self) -> str:
        """Label of the model."""
        return self.model._meta.label

    @property
    def known(self) -> RecordType:
        """The record type."""
        return TYPES[self.name]

    @property
    def own(self) -> tuple[Part, ...]:
        """What stands in the record itself."""
        return tuple(p for p in self.parts if p.of is None)

    @property
    def hung(self) -> tuple[Part, ...]:
        """What stands in records that belong to it."""
        return tuple(p for p in self.parts if p.of is not None)

    def hidden(self, by: Actor) -> frozenset[Trait]:
        """What is compared, but rests on fields hidden from somebody: for them no pair is alike by it."""
        names = self.known.sight(by).hidden
        return frozenset(p.trait for p in self.parts if p.field in names) if names else frozenset()

    def facts(self, values: Mapping[str, Any], by: Actor) -> Facts:
        """Plain values of what somebody typed or a file holds, by the names of form fields; the rest is ignored."""
        hidden = self.hidden(by)
        return plain((p.trait, values.get(p.field)) for p in self.parts if p.trait not in hidden)


MATCHINGS: Registry[str, Matching] = Registry("matching")


def matching_of(label: str) -> Matching | None:
    """How records of a model are compared, None where they are not."""
    return next((m for m in MATCHINGS if m.label == label), None)


def plain(pairs: Iterable[tuple[Trait, Any]]) -> Facts:
    """Facts from written values; empty ones and repeated ones are left out."""
    found: dict[Trait, tuple[str, ...]] = {}
    for trait, value in pairs:
        if value in (None, ""):
            continue
        text = READERS[trait](str(value))
        if text and text not in found.get(trait, ()):
            found[trait] = (*found.get(trait, ()), text)
    return found


def facts_of(kind: Matching, keys: Sequence[int]) -> dict[int, Facts]:
    """Facts of stored records by id: one query, and one for each kind of record that belongs to them."""
    rows: Any = kind.model._base_manager
    written: dict[int, list[tuple[Trait, Any]]] = {}
    own = kind.own
    for pk, *values in rows.filter(pk__in=keys).values_list("pk", *(p.column for p in own)):
        written[pk] = [(p.trait, v) for p, v in zip(own, values, strict=True)]
    for model, by in dict.fromkeys((p.of, p.by) for p in kind.hung):
        parts = [p for p in kind.hung if p.of is model]
        far: Any = model
        hung = far._base_manager.filter(**{f"{by}__in": list(written)}).order_by("pk")
        for owner, *values in hung.values_list(by, *(p.column for p in parts)):
            written[owner] += [(p.trait, v) for p, v in zip(parts, values, strict=True)]
    return {pk: plain(pairs) for pk, pairs in written.items()}
