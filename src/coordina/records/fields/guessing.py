"""What kind of field suits a column of texts, and reading its cells: the same readers as the import assistant's."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from coordina.accounts.company import the_company
from coordina.core.types import Field, Kind
from coordina.records.importing.cells import Problem, reader
from coordina.records.importing.plan import ColumnPlan
from coordina.records.importing.targets import Target
from coordina.records.imports.dates import DateFormat, Order
from coordina.records.imports.numbers import NumberFormat
from coordina.records.imports.profiles import ColumnFacts, ColumnProfile, Evidence

SURE = 0.95
"""Part of the values that must look like a kind."""
FEW = 12
"""So many different values that come again are options of a list."""
OFFERED = 50
"""Options that are made of values at most."""
_SHAPES = (
    (Evidence.EMAIL, Kind.EMAIL),
    (Evidence.DATE, Kind.DATE),
    (Evidence.WHOLE, Kind.INTEGER),
    (Evidence.NUMBER, Kind.DECIMAL),
    (Evidence.PHONE, Kind.PHONE),
    (Evidence.URL, Kind.URL),
)


def facts_of(texts: Iterable[str]) -> ColumnFacts:
    """What the values are like."""
    profile = ColumnProfile()
    for text in texts:
        profile.add(text)
    return profile.decide()


def kind_of(facts: ColumnFacts) -> Kind:
    """The kind of field that suits the values; text where nothing is sure."""
    if not facts.filled:
        return Kind.TEXT
    if facts.share(Evidence.BOOL) >= 1 and len(facts.distinct) <= 4:
        return Kind.BOOL
    for evidence, kind in _SHAPES:
        if facts.share(evidence) >= SURE:
            return kind
    if not facts.many and 1 < len(facts.distinct) <= FEW and facts.filled >= 3 * len(facts.distinct):
        return Kind.CHOICE
    return Kind.LONG_TEXT if facts.longest > 300 else Kind.TEXT


def options_of(facts: ColumnFacts) -> list[str]:
    """The different values, the most frequent first, as options of a list."""
    return [text[:80] for text in list(facts.distinct)[:OFFERED]]


def told(facts: ColumnFacts) -> dict[str, Any]:
    """What has to be kept of the facts to read the cells later."""
    return {
        "order": str(facts.date.order),
        "decimal": facts.number.decimal,
        "percent": facts.number.percent,
        "options": options_of(facts),
        "filled": facts.filled,
    }


def cells_of(field: Field, said: Mapping[str, Any]) -> Callable[[str], Any]:
    """The function that reads texts as values of a field; what cannot be read is a `Problem`.

    Args:
        field: As it is defined now.
        said: From `told`.
    """
    company = the_company()
    column = ColumnPlan(
        index=0,
        header="",
        target=Target(field, (), ()),
        date=DateFormat(order=Order(said.get("order") or Order.DMY), numeric=True),
        number=NumberFormat(decimal=said.get("decimal") or ".", percent=bool(said.get("percent"))),
    )
    zone = ZoneInfo(company.time_zone if company is not None else "UTC")
    read = reader(column, zone, company.country if company is not None else "")

    def careful(text: str) -> Any:
        digits = text.strip().lstrip("+-")[:2]
        if field.kind in (Kind.INTEGER, Kind.DECIMAL) and digits.isdigit() and len(digits) > 1 and digits[0] == "0":
            return Problem(text)  # a code, not a number: its zeros would be lost
        return read(text)

    return careful
