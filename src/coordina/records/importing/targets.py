"""What a column of a file may become: the fields of a record type, and the id of another system."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from coordina.core.actors import Actor
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType, find_type
from coordina.records.importing.codes import codes_of
from coordina.records.importing.lined import head_field, head_of, lined_of, number_field, of_head

EXTERNAL_ID = "external_id"
"""Target: the id by which another system knows the record; a second import with the same id updates it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something a column may fill.

    Attributes:
        field: The field as declared; decides how cells are read.
        code: Column by whose code the referred record is known; empty where a reference is found in every way.
        fills: Name of the field that is filled, where that is another: a product's code fills the product.
    """

    field: Field
    aliases: tuple[str, ...]
    labels: tuple[str, ...]
    code: str = ""
    fills: str = ""

    @property
    def name(self) -> str:
        """Public name of the field."""
        return self.field.name

    @property
    def kind(self) -> str:
        """What cells hold."""
        return str(self.field.kind)


def targets(known: RecordType, by: Actor | None = None) -> list[Target]:
    """What a column may become in an import of this type, in the order of the type's fields.

    Args:
        known: The record type.
        by: Who imports: what they may not write is no target. None for all there are.
    """
    closed = known.sight(by).closed if by is not None else frozenset()
    fields = [x for x in known.fields.values() if importable(x) and x.name not in closed]
    dynamic: Callable[[], Iterable[Field]] | None = known.extra.get("targets")
    fields += dynamic() if dynamic else []
    fields += [
        Field(
            name=EXTERNAL_ID,
            label=_("Id in the other system"),
            kind=Kind.TEXT,
            max_length=200,
            aliases=(
                "id",
                "record id",
                "identificador",
                f"{known.name} id",
                "código externo",
                "clave",
                *known.extra.get("id_aliases", ()),
            ),
        ),
    ]
    coded = [one for x in fields if x.to is not None and x.to is not known.model for one in _coded(x, by)]
    own = [Target(x, x.aliases, _both(x.label)) for x in fields]
    return [*own[:-1], *coded, *_lined(known, by), own[-1]]


def _lined(known: RecordType, by: Actor | None) -> Iterable[Target]:
    """What columns of a file of lines may fill besides the line: the record it is of, and what that is made of."""
    said = lined_of(known)
    if said is None:
        return
    head = head_field(known, said)
    yield Target(head, head.aliases, _both(head.label))
    number = number_field(said)
    yield Target(number, number.aliases, _both(number.label))
    for one in targets(head_of(known), by):
        if one.name != EXTERNAL_ID and not (said.named and one.name == head_of(known).title):
            made = of_head(known, one.field)
            fills = f"{known.within}__{one.fills}" if one.fills else ""
            yield Target(made, one.aliases, one.labels, one.code, fills)


def _coded(field: Field, by: Actor | None) -> Iterable[Target]:
    """The codes of the records that a reference is to: columns that fill it, too, or say which of one name is meant."""
    far = find_type(field.to) if field.to is not None else None
    for column, names in codes_of(far, by).items() if far is not None else ():
        label = format_lazy("{field} · {code}", field=field.label, code=far.fields[column].label if far else "")
        made = replace(
            field, name=f"{field.name}__{column}", label=label, required=False, aliases=tuple(names), help=""
        )
        yield Target(made, made.aliases, _both(label), column, field.name)


def importable(field: Field) -> bool:
    """Whether an import may fill a field."""
    return field.importable and not field.far and (field.editable or field.virtual)


def by_name(known: RecordType, by: Actor | None) -> dict[str, Target]:
    """The targets of a type by name; see `targets`."""
    return {t.name: t for t in targets(known, by)}


def nouns(known: RecordType) -> Sequence[str]:
    """What records of the type are called, in both languages."""
    return (*_both(known.label), *_both(known.plural), known.name)


def _both(text: Text) -> tuple[str, ...]:
    found = []
    for language in ("es", "en"):
        with override(language):
            found.append(str(text))
    return tuple(dict.fromkeys(found))
