"""From definitions to fields: what every process holds of the record types."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.core.added import COLUMN
from coordina.core.growing import Growth, reads
from coordina.core.jsonvalues import loaded
from coordina.core.permissions import Permission
from coordina.core.refusals import Text
from coordina.core.registry import Registry
from coordina.core.types import TYPES, Condition, Field, Kind, RecordType, find_type
from coordina.records.models import CustomField, Extensible, FieldIndex, IndexState

LATER: Registry[str, Callable[[int], Iterable[int]]] = Registry("order of steps")
"""By model label: the ids of a step and of all that follow it, such as the stages of a pipeline from one on."""

ORDERED = frozenset(
    {Kind.TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT}
    | {Kind.DATE, Kind.DATETIME}
)
"""Kinds that lists are sorted by."""
TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL})
"""Kinds whose values the search finds."""
LINKED = ("company", "person", "product", "user")
"""Record types that a link may lead to."""
LENGTHS = {Kind.TEXT: 300, Kind.LONG_TEXT: 20_000, Kind.EMAIL: 254, Kind.PHONE: 40, Kind.URL: 300}
DIGITS = 15
"""Digits of a number that a double holds exactly."""


def extensible(known: RecordType) -> bool:
    """Whether people may add fields to a record type."""
    return issubclass(known.model, Extensible) and not known.within


@reads
def read_definitions() -> Mapping[str, Growth]:
    """What was added, by name of the record type; a few rows."""
    found: dict[str, list[CustomField]] = {}
    for row in CustomField.objects.order_by("position", "pk"):
        found.setdefault(row.noun, []).append(row)
    states = dict(FieldIndex.objects.values_list("field_id", "state"))
    company = the_company()
    country = company.country if company is not None else ""
    return {noun: growth_of(TYPES[noun], rows, states, country) for noun, rows in found.items() if noun in TYPES}


def growth_of(known: RecordType, rows: Iterable[CustomField], states: Mapping[int, str], country: str) -> Growth:
    """What the definitions of one record type add to it."""
    active = [row for row in rows if not row.archived]
    sections: dict[str, list[str]] = {}
    for row in active:
        if row.section:
            sections.setdefault(row.section, []).append(row.slug)
    return Growth(
        fields=[field_of(known, row, states.get(row.pk, "")) for row in active],
        retired=[field_of(known, row, "") for row in rows if row.archived],
        sections=list(sections.items()),
        permissions=[permission_of(known, row) for row in rows if row.restricted],
        country=country,
    )


def permission_of(known: RecordType, row: CustomField) -> Permission:
    """What a role needs to see a field that only some roles see."""
    label = lazy(lambda: _("See “%(field)s” of %(noun)s") % {"field": told(row), "noun": known.plural}, str)()
    return Permission(row.permission_name, _("fields"), row.slug, label, {"administrator": "all"})


def told(row: CustomField) -> str:
    """The label in the active language."""
    return str(row.labels.get((get_language() or "").split("-")[0]) or row.label)


def field_of(known: RecordType, row: CustomField, state: str) -> Field:
    """A definition as the field that every door sees."""
    kind = Kind(row.kind)
    ready = row.indexed and state == IndexState.READY
    far = TYPES[row.to].model if kind is Kind.REF else None
    own_currency = "currency" in known.declared and not row.currency
    said: dict[str, Any] = {
        "digits": DIGITS if kind in (Kind.DECIMAL, Kind.MONEY, Kind.PERCENT) else None,
        "decimals": row.decimals if kind in (Kind.DECIMAL, Kind.MONEY, Kind.PERCENT) else None,
        "currency": "currency" if kind is Kind.MONEY and own_currency else "",
        "currency_code": row.currency if kind is Kind.MONEY else "",
        "to": far,
        "title_path": far.title_column if far is not None else "",
        "minimum": -(10**12) if kind is Kind.INTEGER else None,
        "maximum": 10**12 if kind is Kind.INTEGER else None,
    }
    made = Field(
        name=row.slug,
        label=lazy(lambda: told(row), str)(),
        kind=kind,
        path=COLUMN,
        json_key=row.slug,
        choices=tuple((c["key"], c["label"]) for c in row.choices),
        gone=frozenset(c["key"] for c in row.choices if c.get("gone")),
        required=row.required and not row.visible_if and row.default is None,
        sortable=ready and kind in ORDERED,
        filterable=ready,
        unready="" if ready else unready_text(row, state),
        searchable=kind in TEXTS and not row.restricted,
        max_length=LENGTHS.get(kind),
        help=row.help,
        permission=row.permission_name if row.restricted else "",
        visible_if=condition_of(known, row.visible_if),
        required_if=ALWAYS if row.required else condition_of(known, row.required_if),
        aliases=tuple(str(text) for text in row.labels.values()),
        **said,
    )
    return made if row.default is None else with_default(made, row.default)


class _Any(frozenset[Any]):
    """Everything."""

    def __contains__(self, value: object) -> bool:
        return True


ALWAYS = Condition("", _Any())
"""A condition that always holds."""


def with_default(field: Field, value: Any) -> Field:
    """The field with what new records get, as Python has it."""
    return replace(field, default=loaded(field, value))


def unready_text(row: CustomField, state: str) -> Text:
    """Why lists do not filter by the field."""
    texts = {
        "": _("Lists do not filter by “%(field)s”. Switch it on under Settings, Fields."),
        IndexState.BUILDING: _("“%(field)s” is being prepared for filters. Try again in a moment."),
        IndexState.FAILED: _("“%(field)s” could not be prepared for filters. See Settings, Fields."),
    }
    text = texts[IndexState.BUILDING] if row.indexed and not state else texts.get(state, texts[""])
    return lazy(lambda: str(text) % {"field": told(row)}, str)()


def condition_of(known: RecordType, said: Mapping[str, Any]) -> Condition | None:
    """A condition as it is stored, with the steps that follow one."""
    about = known.declared.get(said.get("field", ""))
    if about is None:
        return None
    values = list(said.get("values", ()))
    if "from" in said and about.to is not None:
        follow = LATER.get(about.to._meta.label)
        values = list(follow(said["from"])) if follow is not None else [said["from"]]
    titles = titles_of(about.to, values) if about.to is not None else [about.label_of(value) for value in values]
    return Condition(about.name, frozenset(values), lazy(lambda: words_of(about, titles), str)())


def words_of(about: Field, titles: Iterable[Text]) -> str:
    """A condition as people read it: «Stage: Proposal, Negotiation»."""
    label = str(about.label)
    return f"{label[:1].upper()}{label[1:]}: {', '.join(str(title) for title in titles)}"


def titles_of(model: type[Model], keys: Iterable[Any]) -> list[Text]:
    """Names of records of a setting, in their order."""
    known = find_type(model)
    order = known.order if known is not None else "pk"
    rows: Any = model._default_manager
    title: Any = getattr(model, "title_column", "pk")
    return [str(text) for text in rows.filter(pk__in=list(keys)).order_by(order, "pk").values_list(title, flat=True)]
