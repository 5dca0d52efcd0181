"""Ten fields that somebody added to opportunities, one of each kind that people use, each with values in every row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from coordina.accounts.models import User
from coordina.ledger.change_sets import change_set
from coordina.records.fields.actions import add_field
from coordina.records.models import CustomField, FieldKind

SECTION = "Obra"


@dataclass(frozen=True, slots=True)
class Draft:
    """A field before it is defined.

    Attributes:
        value: What JSON holds in one row: chance, the keys of its options, the day of the row.
        said: Further arguments of `add_field`.
    """

    label: str
    kind: FieldKind
    value: Callable[[Random, list[str], datetime], Any]
    said: dict[str, Any] = field(default_factory=dict)


def _one(draw: Random, keys: list[str], at: datetime) -> str:
    return draw.choice(keys)


def _day(draw: Random, keys: list[str], at: datetime) -> str:
    return (at + timedelta(days=draw.randrange(5, 200))).date().isoformat()


DRAFTS = (
    Draft("Número de obra", FieldKind.TEXT, lambda draw, keys, at: f"OB-{draw.randrange(100_000):05d}"),
    Draft(
        "Tipo de proyecto",
        FieldKind.CHOICE,
        _one,
        {"choices": ["Obra nueva", "Reforma", "Ampliación", "Mantenimiento"]},
    ),
    Draft("Plazo de entrega", FieldKind.INTEGER, lambda draw, keys, at: draw.randrange(5, 180)),
    Draft("Licitación pública", FieldKind.BOOL, lambda draw, keys, at: draw.random() < 0.3),
    Draft("Visita técnica", FieldKind.DATE, _day),
    Draft("Coste previsto", FieldKind.MONEY, lambda draw, keys, at: draw.randrange(200, 60_000) + 0.5),
    Draft("Descuento pactado", FieldKind.PERCENT, lambda draw, keys, at: draw.randrange(30) + 0.5),
    Draft("Superficie", FieldKind.DECIMAL, lambda draw, keys, at: draw.randrange(40, 9000) + 0.25),
    Draft(
        "Servicios",
        FieldKind.CHOICES,
        lambda draw, keys, at: keys[: draw.randrange(1, len(keys) + 1)],
        {"choices": ["Montaje", "Transporte", "Formación"]},
    ),
    Draft("Contacto técnico", FieldKind.EMAIL, lambda draw, keys, at: f"tecnica{draw.randrange(10_000)}@obra.example"),
)


class Added:
    """The first of these fields, defined.

    Args:
        many: How many.
        by: Who defines them.
        at: When.
    """

    def __init__(self, many: int, by: User, at: datetime) -> None:
        self._fields: list[tuple[Draft, str, list[str]]] = []
        with change_set(by=by, at=at, via="web", action="records.add_field"):
            for draft in DRAFTS[:many]:
                made: CustomField = add_field(
                    noun="opportunity", label=draft.label, kind=draft.kind, section=SECTION, **draft.said, by=by, at=at
                )
                self._fields.append((draft, made.slug, [str(one["key"]) for one in made.choices]))

    def values(self, draw: Random, at: datetime) -> dict[str, Any]:
        """What the JSON column of one opportunity holds."""
        return {slug: draft.value(draw, keys, at) for draft, slug, keys in self._fields}
