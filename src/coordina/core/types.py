"""How a noun presents itself: its fields, columns, sections and search. Declared once, read by every door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Exists, Q

from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.registry import Registry
from coordina.core.writer import Writer

type Choices = Sequence[tuple[Any, Text]]


class Kind(StrEnum):
    """What a field holds; decides its operators, its widget, its format and its column in an export."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    REF = "ref"
    BOOL = "bool"
    TAGS = "tags"
    COUNTRY = "country"
    CURRENCY = "currency"
    TIME_ZONE = "time_zone"
    NUMBERED = "numbered"


@dataclass(frozen=True, slots=True)
class Condition:
    """When something holds for a record: a field of it has one of some values; references by id.

    Attributes:
        words: The same for people: «Stage: Proposal, Negotiation».
    """

    field: str
    values: frozenset[Any]
    words: Text = ""

    def holds(self, value: Any) -> bool:
        """Whether a value of the field meets it; a record stands for its id."""
        return getattr(value, "pk", value) in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One fact of a record type, as all doors show, filter, sort, edit, import and export it.

    Attributes:
        name: Public name; `company.industry` reaches over a reference.
        path: ORM path of the value; never taken from outside.
        to: Model a reference points to.
        title_path: ORM path of the text that stands for a reference.
        choices: Values with labels, for `Kind.CHOICE`.
        required: Must be given when a record is made.
        editable: May be written by create and edit.
        virtual: No column: the writer takes the value, lists and filters use `many`.
        currency: ORM path of the currency code beside a money column; empty means the reporting currency.
        make: Values that a referred record gets when an import makes it from its name alone.
        many: Builds the `EXISTS` of a to-many condition from a condition on the far rows.
        meanings: How files of other programs write the choices, by value.
        aliases: Headers, in Spanish and English, by which the import assistant knows it.
        permission: What one must be allowed to see the field at all; empty for everyone who sees the record.
        json_key: Slug inside the JSON column at `path`, for fields that people define; empty for a column of its own.
        currency_code: Currency of all amounts of the field, where no column says it.
        unready: Why it cannot be filtered by now, in words; empty where there is nothing to say.
        gone: Choices that are no longer offered; records that have one keep it.
        visible_if: Pages show it for such records only.
        required_if: Such records must have a value.
        worked_from: Names of the fields it is worked out from: it tells of them, so it is hidden with any of them.
    """

    name: str
    label: Text
    kind: Kind
    path: str = ""
    to: type[Record] | None = None
    title_path: str = ""
    choices: Choices = ()
    meanings: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
    required: bool = False
    editable: bool = True
    sortable: bool = False
    filterable: bool = True
    searchable: bool = False
    importable: bool = True
    virtual: bool = False
    contains_ok: bool = False
    max_length: int | None = None
    digits: int | None = None
    decimals: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    default: Any = None
    currency: str = ""
    permission: str = ""
    help: Text = ""
    placeholder: Text = ""
    aliases: tuple[str, ...] = ()
    many: Callable[[Q], Exists] | None = None
    json_key: str = ""
    currency_code: str = ""
    unready: Text = ""
    gone: frozenset[str] = frozenset()
    visible_if: Condition | None = None
    required_if: Condition | None = None
    worked_from: tuple[str, ...] = ()
    make: Mapping[str, Any] = field(default_factory=dict)

    @property
    def far(self) -> bool:
        """Whether it belongs to a related record."""
        return "." in self.name

    def label_of(self, value: Any) -> Text:
        """The label of a choice; the value itself where it is none."""
        return dict(self.choices).get(value, str(value))


@dataclass(frozen=True, slots=True)
class Draft:
    """A field as a room writes it: the name, and only what the model does not say."""

    name: str
    said: Mapping[str, Any]


def f(name: str, **said: Any) -> Draft:
    """Name a field of the model; what is not said is taken from the model: kind, label, choices, length."""
    return Draft(name, said)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields on detail and edit pages."""

    label: Text
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grown:
    """What people have added to a record type: made anew whenever a definition changes, never changed.

    Attributes:
        own: The added fields by name. fields: Those declared and those added.
        retired: Archived fields, for histories.
        by_field: Names of added fields that hang on another field, by that field's name.
        country: ISO code of telephone numbers without a prefix.
    """

    own: Mapping[str, Field]
    retired: Mapping[str, Field]
    fields: Mapping[str, Field]
    editable: Mapping[str, Field]
    searchable: tuple[Field, ...]
    sections: tuple[Section, ...]
    by_field: Mapping[str, tuple[str, ...]]
    country: str = ""


GROWN: dict[str, Grown] = {}
"""By name of the record type; `core.growing` keeps it."""


@dataclass(frozen=True, eq=False)
class RecordType:
    """A noun as the doors know it.

    Attributes:
        declared: The fields its room declared; `fields` has those that people added, too.
        grouped: The sections its room declared.
        name: Stable public name, singular: `opportunity`.
        url: Segment of its addresses: `opportunities`.
        title: Field that names a record of this type.
        subtitle: Field shown beside the title where a record is picked.
        columns: Fields a list shows until somebody chooses others.
        quick: Fields the filter sentence offers first.
        facts: Fields in the head of the detail page.
        order: Default sort, such as `-changed_at`.
        within: Foreign key of the record it is a part of; such a type has no list of its own.
        setting: Whether it is looked after on the settings pages instead of the navigation.
    """

    name: str
    model: type[Record]
    label: Text
    plural: Text
    url: str
    icon: str
    declared: Mapping[str, Field]
    writer: Writer[Any]
    title: str = "name"
    subtitle: str = ""
    columns: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    grouped: tuple[Section, ...] = ()
    order: str = "-changed_at"
    within: str = ""
    setting: bool = False
    importable: bool = True
    match: tuple[str, ...] = ()
    empty: Text = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Field]:
        """All fields by name: those declared and those that people added."""
        grown = GROWN.get(self.name)
        return grown.fields if grown is not None else self.declared

    @property
    def sections(self) -> tuple[Section, ...]:
        """Titled groups of fields on pages."""
        grown = GROWN.get(self.name)
        return grown.sections if grown is not None else self.grouped

    @property
    def editable(self) -> Mapping[str, Field]:
        """Fields that create and edit take."""
        grown = GROWN.get(self.name)
        return grown.editable if grown is not None else self._editable

    @property
    def searchable(self) -> tuple[Field, ...]:
        """Fields whose text the search index holds."""
        grown = GROWN.get(self.name)
        return grown.searchable if grown is not None else self._searchable

    @cached_property
    def _editable(self) -> Mapping[str, Field]:
        return editable(self.declared)

    @cached_property
    def _searchable(self) -> tuple[Field, ...]:
        return tuple(x for x in self.declared.values() if x.searchable)

    @property
    def fixed(self) -> frozenset[str]:
        """Names of the fields that no role can be hidden: by them a record is called, seen, worked with and read."""
        model = self.model
        owned = {
            self.title.removesuffix("_id"),
            self.within,
            model.scope_owner,
            model.scope_team,
            "status",
            "changed_at",
        }
        money = {field.currency for field in self.fields.values()}
        return frozenset({*owned, *money, *self.extra.get("fixed", ())} - {""})

    def known_to(self, actor: Any) -> Mapping[str, Field]:
        """The fields that `actor` may see at all; the others do not exist for them."""
        return self.sight(actor).fields

    def told_to(self, actor: Any) -> Mapping[str, Field]:
        """The same for histories: with the fields that were archived since."""
        return self.sight(actor).told

    def sight(self, actor: Any) -> "Sight":
        """What of the fields `actor` may see and write."""
        from coordina.core.sight import sight_of

        return sight_of(self, actor)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see and write of the fields of a record type; made once for a person or role, never changed.

    Attributes:
        fields: Those they may see. told: The same with archived ones.
        editable: Those that create and edit take from them.
        closed: Names of those they may not write: hidden and read only.
        hidden: Names of those they may not see.
    """

    fields: Mapping[str, Field]
    told: Mapping[str, Field]
    editable: Mapping[str, Field]
    closed: frozenset[str]
    hidden: frozenset[str]


def editable(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Those of some fields that create and edit take."""
    return {n: x for n, x in fields.items() if x.editable and not x.far}


TYPES: Registry[str, RecordType] = Registry("record type")
_by_model: dict[type[models.Model], RecordType] = {}


def type_of(model: type[models.Model] | models.Model) -> RecordType:
    """The record type of a model or of one of its rows.

    Raises:
        KeyError: When the model declares none.
    """
    return _by_model[model if isinstance(model, type) else type(model)]


def find_type(model: type[models.Model]) -> RecordType | None:
    """The record type of a model, None where it declares none."""
    return _by_model.get(model)


def by_url(url: str) -> RecordType | None:
    """The record type with this address segment."""
    return next((t for t in TYPES if t.url == url), None)


def register(made: RecordType) -> None:
    """Put a record type into the registry; rooms call `declare`, which does."""
    TYPES.add(made.name, made)
    _by_model[made.model] = made


def relabelled(known: Field, **said: Any) -> Field:
    """A copy of a field with some of its attributes said differently."""
    return replace(known, **said)
