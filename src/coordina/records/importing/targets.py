"""What a column of a file may become: the fields of a record type, and the id of another system."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from coordina.core.actors import Actor
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType

EXTERNAL_ID = "external_id"
"""Target: the id by which another system knows the record; a second import with the same id updates it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something a column may fill.

    Attributes:
        field: The field as declared; decides how cells are read.
    """

    field: Field
    aliases: tuple[str, ...]
    labels: tuple[str, ...]

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
    return [Target(x, x.aliases, _both(x.label)) for x in fields]


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
