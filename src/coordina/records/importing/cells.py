"""One cell to a value, by the kind of its field and the way its column is written."""

import re
from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _

from coordina.core.contact import find_country, parse_phone, parse_url
from coordina.core.csvsafe import export_plain
from coordina.core.money import currencies
from coordina.core.refusals import Refusal
from coordina.core.types import Field, Kind
from coordina.records.importing.plan import EMPTY, ColumnPlan
from coordina.records.importing.targets import EXTERNAL_ID
from coordina.records.imports import values
from coordina.records.imports.matching import Candidate, Matcher
from coordina.records.imports.reasons import Reason, quoted

type Cell = Callable[[str], Any]
"""Gives a value, None for nothing, or a `Problem`."""


REMEMBERED = 4096
"""Texts of a column whose value is remembered."""


class Left:
    """A cell that somebody decided to leave empty."""

    __slots__ = ()


LEFT = Left()


class Problem:
    """A cell that cannot be used, with the sentence that says why."""

    __slots__ = ("text",)

    def __init__(self, text: object) -> None:
        self.text = str(text)


def reader(column: ColumnPlan, zone: tzinfo, region: str, id_prefix: str = "") -> Cell:
    """The function that reads the cells of a column.

    Args:
        zone: Zone of times that name none.
        region: Country of phone numbers without a prefix.
        id_prefix: What ids may begin with and are read without.
    """
    assert column.target is not None
    field = column.target.field
    kind = field.kind
    plain: dict[Kind, Cell] = {
        Kind.DATE: lambda text: _judged(values.to_date(text, column.date, zone)),
        Kind.DATETIME: lambda text: _judged(values.to_datetime(text, column.date, zone)),
        Kind.MONEY: lambda text: _rounded(values.to_decimal(text, column.number), field),
        Kind.DECIMAL: lambda text: _rounded(values.to_decimal(text, column.number), field),
        Kind.INTEGER: lambda text: _judged(values.to_int(text, column.number)),
        Kind.PERCENT: lambda text: _rounded(values.to_decimal(text, column.number), field),
        Kind.BOOL: lambda text: _judged(values.to_bool(text)),
        Kind.EMAIL: lambda text: _judged(values.to_email(text)),
        Kind.PHONE: lambda text: _refusable(lambda: parse_phone(text, region).e164),
        Kind.URL: lambda text: _refusable(lambda: parse_url(text)),
        Kind.CURRENCY: _currency,
        Kind.TAGS: lambda text: [w.strip() for w in text.replace(";", ",").split(",") if w.strip()],
    }
    if kind in (Kind.CHOICE, Kind.COUNTRY):
        return _chosen(column, field)
    if kind is Kind.CHOICES:
        return _several(_chosen(column, field))
    if kind in plain:
        return remembering(plain[kind])
    if column.by_id:  # several ids are parted by semicolons: the first is the main one
        return lambda text: text.partition(";")[0].strip().removeprefix(id_prefix)
    if column.target.name == EXTERNAL_ID and id_prefix:
        return lambda text: export_plain(text).strip().removeprefix(id_prefix)
    return lambda text: export_plain(text).strip()


def _currency(text: str) -> Any:
    code = text.strip().upper()
    if code in currencies():
        return code
    message = _("“%(code)s” is not a currency. Write its three letters, such as EUR or MXN.")
    return Problem(message % {"code": quoted(text)})


def _judged(found: Any) -> Any:
    return Problem(found) if isinstance(found, Reason) else found


def _rounded(found: Any, field: Field) -> Any:
    if isinstance(found, Reason):
        return Problem(found)
    if found is None or field.decimals is None:
        return found if found is None or field.kind is not Kind.PERCENT else round(found)
    return round(found, field.decimals)


def _refusable(parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except Refusal as refusal:
        return Problem(refusal)


def choice_matcher(field: Field) -> Matcher[str]:
    """Compares texts with the choices of a field, by value, label and the writings of other programs."""
    known = [Candidate(str(v), str(label), (str(v), *field.meanings.get(v, ()))) for v, label in field.choices]
    return Matcher(known, translate=not field.meanings)


def _chosen(column: ColumnPlan, field: Field) -> Cell:
    """Choices and countries: what was decided for the text, else what it plainly means."""
    if field.kind is Kind.COUNTRY:
        means: Callable[[str], str | None] = find_country
    else:
        matcher = choice_matcher(field)

        def means(text: str) -> str | None:
            match = matcher.match(text)
            return match.candidate.key if match.candidate is not None and match.automatic else None

    def read(text: str) -> Any:
        decided = column.values.get(text)
        if decided == EMPTY:
            return LEFT
        found = decided or means(text)
        if found is not None:
            return found
        return Problem(_("“%(text)s” is none of the options. Choose what it means.") % {"text": quoted(text)})

    return remembering(read)


def _several(one: Cell) -> Cell:
    """Several choices in one cell, with a comma, a semicolon or a bar between them."""

    def read(text: str) -> Any:
        whole = one(text)
        if not isinstance(whole, Problem) and whole is not LEFT:
            return [whole]
        found = [one(part.strip()) for part in re.split(r"[,;|\n]", text) if part.strip()]
        wrong = next((value for value in found if isinstance(value, Problem)), None)
        return wrong if wrong is not None else [value for value in found if value is not LEFT]

    return remembering(read)


def remembering(read: Cell) -> Cell:
    """The same function, asked once for each of the texts that come again; bounded, whatever a file holds."""
    known: dict[str, Any] = {}

    def remembered(text: str) -> Any:
        found = known.get(text, known)
        if found is known:
            if len(known) >= REMEMBERED:
                known.clear()
            found = known[text] = read(text)
        return found

    return remembered
