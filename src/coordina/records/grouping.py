"""What the rows of a list may be put together by, and what of them may be added up."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import F
from django.db.models.functions import Substr, TruncMonth
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Reach
from coordina.core.contact import countries
from coordina.core.filters import Asker, Form, Group, Joiner, Literal, Node, Operator, Test
from coordina.core.filters.ast import BARE_WORD, RESERVED
from coordina.core.filters.refusals import BadFilter
from coordina.core.formats import Formats
from coordina.core.jsonpath import JsonMoment
from coordina.core.jsonvalues import expression_of
from coordina.core.refusals import Text
from coordina.core.sight import kept
from coordina.core.types import Field, Kind, RecordType, find_type

LONGEST = 120
"""Letters of a text by which rows are put together."""


class AxisKind(StrEnum):
    """How values become groups."""

    CHOICE = "choice"
    BOOL = "bool"
    COUNTRY = "country"
    TEXT = "text"
    REF = "ref"
    MONTH = "month"


_KINDS: Mapping[Kind, AxisKind] = {
    Kind.CHOICE: AxisKind.CHOICE,
    Kind.BOOL: AxisKind.BOOL,
    Kind.COUNTRY: AxisKind.COUNTRY,
    Kind.REF: AxisKind.REF,
    Kind.DATE: AxisKind.MONTH,
    Kind.DATETIME: AxisKind.MONTH,
}
_NUMBERS = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.PERCENT})


@dataclass(frozen=True, slots=True)
class Axis:
    """Something rows are put together by: a choice, a reference, a country, yes and no, or the month of a day.

    Attributes:
        field: The field of the record type.
    """

    field: Field
    kind: AxisKind

    @property
    def name(self) -> str:
        """As addresses say it: the name of the field."""
        return self.field.name

    @property
    def few(self) -> bool:
        """Whether there are few groups, so that they may stand side by side."""
        if self.kind is AxisKind.REF:
            far = find_type(self.field.to) if self.field.to else None
            return bool(far and far.setting)
        return self.kind in (AxisKind.CHOICE, AxisKind.BOOL)

    def expression(self, asker: Asker) -> Any:
        """The value of a row's group, for `annotate`."""
        if self.field.json_key:
            return self._added(asker)
        if self.kind is AxisKind.MONTH:
            if self.field.kind is Kind.DATETIME:
                return TruncMonth(self.field.path, tzinfo=asker.time_zone)
            return TruncMonth(self.field.path)
        return F(f"{self.field.path}_id" if self.kind is AxisKind.REF else self.field.path)

    def _added(self, asker: Asker) -> Any:
        """The same of a field that people added, spelled as its index spells it."""
        value = expression_of(self.field)
        if self.kind is not AxisKind.MONTH:
            return value
        if self.field.kind is Kind.DATETIME:
            return TruncMonth(JsonMoment(F(self.field.path), self.field.json_key), tzinfo=asker.time_zone)
        return Substr(value, 1, len("2026-11"))

    def key(self, value: Any) -> Any:
        """A value of the database as the key of its group: plain JSON, None for no value."""
        if isinstance(value, dt.datetime | dt.date):
            return f"{value:%Y-%m}"
        if isinstance(value, float) and self.kind is AxisKind.REF:
            return int(value)
        return None if value == "" else value

    def node(self, key: Any) -> Node:
        """The condition of being in a group, in the filter language."""
        if key is None:
            own = Test(self.name, Operator.EMPTY)
            head, dot, _rest = self.name.rpartition(".")
            return Group(Joiner.OR, (Test(head, Operator.EMPTY), own)) if dot else own
        if self.kind is AxisKind.MONTH:
            return Test(self.name, Operator.IN, (Literal(Form.WORD, str(key)),))
        return Test(self.name, Operator.EQUAL, (self._literal(key),))

    def _literal(self, key: Any) -> Literal:
        if self.kind is AxisKind.REF:
            return Literal(Form.NUMBER, str(key))
        if self.kind is AxisKind.BOOL:
            return Literal(Form.WORD, "true" if key else "false")
        text = str(key)
        bare = self.kind is AxisKind.CHOICE and BARE_WORD.fullmatch(text) and text.lower() not in RESERVED
        return Literal(Form.WORD if bare else Form.TEXT, text)

    def labels(self, keys: Collection[Any], formats: Formats) -> dict[Any, str]:
        """What groups are called, by key; a reference by the title that every row shows of it."""
        found: dict[Any, str] = {None: gettext("Without %(field)s") % {"field": self.field.label}}
        known = [key for key in keys if key is not None]
        if self.kind is AxisKind.REF:
            return found | self._titles(known)
        name: Callable[[Any], str] = str
        if self.kind is AxisKind.CHOICE:
            words = dict(self.field.choices)
            name = lambda key: str(words.get(key, key))  # noqa: E731  # small functions side by side
        elif self.kind is AxisKind.BOOL:
            name = lambda key: gettext("Yes") if key else gettext("No")  # noqa: E731  # small functions side by side
        elif self.kind is AxisKind.COUNTRY:
            names = countries(formats.locale)
            name = lambda key: names.get(key) or str(key)  # noqa: E731  # small functions side by side
        elif self.kind is AxisKind.MONTH:
            name = lambda key: _upper(formats.month(dt.date.fromisoformat(f"{key}-01")))  # noqa: E731  # small functions side by side
        return found | {key: name(key) for key in known}

    def _titles(self, keys: list[Any]) -> dict[Any, str]:
        far = self.field.to
        assert far is not None
        rows: Any = far._base_manager
        found = rows.filter(pk__in=keys).values_list("pk", far.title_column)
        return {pk: str(title)[:LONGEST] for pk, title in found}

    def fixed(self) -> list[Any] | None:
        """The groups there are, whether rows are in them or not; None where only the rows can say."""
        if self.kind is AxisKind.CHOICE:
            return [value for value, _label in self.field.choices]
        return [True, False] if self.kind is AxisKind.BOOL else None

    def ordered(self, keys: Sequence[Any], labels: Mapping[Any, str], weight: Callable[[Any], float]) -> list[Any]:
        """Groups in their own order where they have one (choices, months), else the heaviest first; none last."""
        known = [key for key in keys if key is not None]
        fixed = self.fixed()
        if fixed is not None:
            place = {key: number for number, key in enumerate(fixed)}
            known.sort(key=lambda key: place.get(key, len(place)))
        elif self.kind is AxisKind.MONTH:
            known.sort()
        else:
            known.sort(key=lambda key: (-weight(key), labels.get(key, "").casefold()))
        return [*known, *([None] if None in keys else [])]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def axes_of(known: RecordType, user: Any) -> dict[str, Axis]:
    """What a person may put the rows of a type together by, by name.

    A field of a related record is among them only where the person sees all of these records: else its values would
    tell of some they do not see.
    """
    return kept(known, user, "axes", lambda: _axes(known, user))


def _axes(known: RecordType, user: Any) -> dict[str, Axis]:
    texts = known.extra.get("groups", ())
    found: dict[str, Axis] = {}
    for name, field in known.known_to(user).items():
        if field.virtual or field.many or not field.filterable:
            continue
        kind = _KINDS.get(field.kind) or (AxisKind.TEXT if name in texts else None)
        if kind is AxisKind.CHOICE and not field.choices:
            kind = None
        if kind is not None and open_to(known, field, user):
            found[name] = Axis(field, kind)
    return found


def shown_to(known: RecordType, user: Any) -> dict[str, Field]:
    """The fields that columns may show to a person: of related records only where they see all of these."""
    return kept(known, user, "columns", lambda: _columns(known, user))


def _columns(known: RecordType, user: Any) -> dict[str, Field]:
    return {name: field for name, field in known.known_to(user).items() if open_to(known, field, user)}


def open_to(known: RecordType, field: Field, user: Any) -> bool:
    """Whether a person sees every record that a field of a related record, which they may know, leads to."""
    if not field.far:
        return True
    model: Any = known.model
    names = field.name.split(".")
    for step in names[:-1]:
        here = find_type(model)
        about = here.fields.get(step) if here else None
        if about is None or about.to is None:
            return False
        scope = user.scope(about.to.view_permission())
        if scope is None or scope.reach is not Reach.ALL:
            return False
        model = about.to
    return True


def days_of(known: RecordType, user: Any) -> dict[str, Field]:
    """The days by which a person may lay rows out on a calendar."""
    return {
        name: field
        for name, field in known.known_to(user).items()
        if field.kind in (Kind.DATE, Kind.DATETIME) and not (field.virtual or field.far or field.json_key)
    }


def sums_of(known: RecordType, user: Any) -> dict[str, Field]:
    """The numbers that may be added up: not amounts in the currency of each row, which nobody can add."""
    return {
        name: field
        for name, field in known.known_to(user).items()
        if field.kind in _NUMBERS
        and not (field.virtual or field.far or field.currency or field.many)
        and name not in known.extra.get("no_sums", ())
    }


class Of(StrEnum):
    """What is measured."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart shows of each group.

    Attributes:
        field: The number that is added up or averaged; None counts rows.
    """

    of: Of
    field: Field | None = None

    def __str__(self) -> str:
        """As addresses say it: `count`, `sum:value`, `mean:probability`."""
        return f"{self.of}:{self.field.name}" if self.field else str(self.of)

    @property
    def label(self) -> Text:
        """In words."""
        if self.field is None:
            return _("Number of records")
        words = _("Sum of %(field)s") if self.of is Of.SUM else _("Mean of %(field)s")
        return words % {"field": self.field.label}

    def value(self, count: int, sums: Sequence[Any]) -> float | None:
        """Of a group: sums are `[sum, how many have a value]`."""
        if self.field is None:
            return count
        total, known = sums
        if self.of is Of.SUM:
            return float(total or 0)
        return float(total) / known if known else None


def measures_of(known: RecordType, user: Any) -> dict[str, Measure]:
    """What may be measured of a type; percentages are averaged, not added up."""
    found = {"count": Measure(Of.COUNT)}
    for field in sums_of(known, user).values():
        for of in (Of.SUM, Of.MEAN):
            if of is Of.MEAN or field.kind is not Kind.PERCENT:
                made = Measure(of, field)
                found[str(made)] = made
    return found


def chosen[T](offered: Mapping[str, T], name: str) -> T:
    """What an address or a view names of what there is for a person.

    Raises:
        BadFilter: There is none: hidden and unknown ones are alike, and what there is is not told.
    """
    if name not in offered:
        raise BadFilter(_("There is no field “%(name)s” for this.") % {"name": name[:40]})
    return offered[name]
