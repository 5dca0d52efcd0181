"""The units of measure that a company begins with."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import pgettext_lazy

from coordina.accounts.models import User
from coordina.catalog.models import Unit
from coordina.core.founding import founds
from coordina.core.refusals import Text

UNITS: tuple[tuple[Text, Text, int], ...] = (
    (pgettext_lazy("unit of measure", "Piece"), pgettext_lazy("unit of measure", "pc"), 0),
    (pgettext_lazy("unit of measure", "Box"), pgettext_lazy("unit of measure", "box"), 0),
    (pgettext_lazy("unit of measure", "Pack"), pgettext_lazy("unit of measure", "pack"), 0),
    (pgettext_lazy("unit of measure", "Kilogram"), "kg", 3),
    (pgettext_lazy("unit of measure", "Litre"), "l", 3),
    (pgettext_lazy("unit of measure", "Metre"), "m", 2),
    (pgettext_lazy("unit of measure", "Square metre"), "m²", 2),
    (pgettext_lazy("unit of measure", "Hour"), "h", 2),
    (pgettext_lazy("unit of measure", "Day"), pgettext_lazy("unit of measure", "day"), 1),
    (pgettext_lazy("unit of measure", "Month"), pgettext_lazy("unit of measure", "month"), 0),
)
"""Name, symbol, decimal places."""


def usual_units(language: str) -> list[Unit]:
    """The units of measure that a new company begins with, inside an open change set; names that exist are left out.

    Args:
        language: Code of the company's language: units are named in it.
    """
    there = set(Unit.objects.values_list("name", flat=True))
    with translation.override(language):
        rows = [(str(name), str(symbol), places) for name, symbol, places in UNITS]
    new = [row for row in rows if row[0] not in there]
    return [Unit.objects.create(name=name, symbol=symbol, decimals=places) for name, symbol, places in new]


@founds("catalog.units")
def begin(*, language: str, by: User, at: datetime) -> None:
    """A new company begins with units of measure."""
    usual_units(language)
