"""A value as a page shows it, by the kind of its field. Every function returns escaped HTML."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.core import jsonvalues
from coordina.core.cells import Path
from coordina.core.contact import countries, format_phone
from coordina.core.formats import Formats
from coordina.core.types import Field, Kind
from coordina.web import html

type Draw = Callable[[tuple[Any, ...]], str]

CUT = 160
"""Letters of a long text that a list shows."""
UNGROUPED = 10_000
"""Whole numbers below this are written without groups: years and small counts read better so."""
UNBROKEN = 24
"""Letters of an e-mail address that fit into a narrow column."""
RIGHT = frozenset({Kind.MONEY, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT})
YES = gettext_lazy("Yes")
NO = gettext_lazy("No")


def paths_of(field: Field) -> tuple[Path, ...]:
    """The ORM paths whose values `drawer` gets for a field; none where it has no column."""
    if field.virtual:
        return ()
    if field.json_key:
        return jsonvalues.paths_of(field)
    if field.kind is Kind.REF:
        own = f"{field.path}_id" if not field.path.endswith("_id") else field.path
        return (own, field.title_path or field.path)
    return (field.path, field.currency) if field.currency else (field.path,)


WRITTEN = frozenset({Kind.MONEY, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.DATE, Kind.DATETIME})
"""Kinds whose values each reader writes in their own way."""


def alike(field: Field) -> bool:
    """Whether all who read one language see the values of a field written the same."""
    return field.kind not in WRITTEN and field.kind is not Kind.COUNTRY


def drawer(field: Field, formats: Formats, *, whole: bool = False) -> Draw:
    """A function from the values at `paths_of` to HTML; what it needs is looked up once, not once a row.

    Args:
        field: Whose values.
        formats: Of the reader.
        whole: Long texts in full, dates with their year: for a record's own page.
    """
    if field.json_key:
        return jsonvalues.drawn(field, _drawer(field, formats, whole=whole))
    return _drawer(field, formats, whole=whole)


def _drawer(field: Field, formats: Formats, *, whole: bool) -> Draw:
    match field.kind:
        case Kind.REF if field.to is User:
            return _person if whole else _colleague
        case Kind.REF:
            return lambda v: escape(str(v[1])) if v[1] is not None else ""
        case Kind.MONEY if field.currency:
            return _money(formats, whole=whole)
        case Kind.MONEY if field.json_key:
            fixed, code = _money(formats, whole=whole), field.currency_code or None
            return lambda v: fixed((v[0], code))
        case Kind.CHOICES:
            names_of = {value: escape(str(label)) for value, label in field.choices}
            return lambda v: ", ".join(names_of.get(k) or escape(str(k)) for k in v[0] or ())
        case Kind.BOOL:
            yes, no = str(YES), str(NO)
            return lambda v: "" if v[0] is None else yes if v[0] else no
        case Kind.CHOICE:
            labels = {value: escape(str(label)) for value, label in field.choices}
            return lambda v: labels.get(v[0]) or escape(str(v[0] or ""))
        case Kind.COUNTRY:
            names = countries(formats.locale)
            return lambda v: escape(names.get(v[0]) or v[0] or "")
        case Kind.LONG_TEXT if not whole:
            return lambda v: escape(v[0][:CUT])
        case Kind.EMAIL | Kind.PHONE | Kind.URL:
            return _linked(field.kind)
    plain = plainly(field, formats, whole=whole)
    return lambda v: escape(plain(v[0]))


def plainly(field: Field, formats: Formats, *, whole: bool = False) -> Callable[[Any], str]:
    """A function from one value to its text, not escaped: for numbers, days and texts."""
    if field.kind not in WRITTEN:
        return _bare
    kinds: Mapping[Kind, Callable[[Any], str]] = {
        Kind.MONEY: formats.money,
        Kind.INTEGER: lambda v: _bare(v) if v is None or abs(v) < UNGROUPED else formats.integer(v),
        Kind.DECIMAL: formats.decimal,
        Kind.PERCENT: formats.percent,
        Kind.DATE: formats.date_full if whole else formats.date_short,
        Kind.DATETIME: formats.exact if whole else formats.datetime,
    }
    return kinds.get(field.kind, _bare)


def shown_text(field: Field, value: Any, formats: Formats) -> str:
    """One value as plain text, for history, conflicts and toasts; references are the caller's business."""
    if value is None or value == "":
        return ""
    if field.json_key:
        value = jsonvalues.loaded(field, value)
    if field.kind is Kind.CHOICES:
        return ", ".join(str(field.label_of(key)) for key in value)
    if field.kind is Kind.MONEY and field.json_key and isinstance(value, Decimal):
        return formats.money(value, field.currency_code or None, cents=value % 1 != 0)
    if field.kind is Kind.BOOL:
        return str(YES if value else NO)
    if field.kind is Kind.CHOICE:
        return str(field.label_of(value))
    if field.kind is Kind.PHONE:
        return _phone(str(value))
    if field.kind is Kind.COUNTRY:
        return countries(formats.locale).get(value, str(value))
    if field.kind in (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT) and isinstance(value, str):
        value = Decimal(value)
    if isinstance(value, str) and field.kind is Kind.DATE:
        value = dt.date.fromisoformat(value)
    if isinstance(value, str) and field.kind is Kind.DATETIME:
        value = dt.datetime.fromisoformat(value)
    return plainly(field, formats, whole=True)(value)


def _money(formats: Formats, *, whole: bool) -> Draw:
    """Amounts in the currency beside them; a code that is none stands behind the number as it was typed."""

    def draw(values: tuple[Any, ...]) -> str:
        amount, currency = values[0], values[1]
        try:
            return escape(formats.money(amount, currency, cents=whole and amount is not None and amount % 1 != 0))
        except ValueError:
            return escape(f"{formats.decimal(amount)} {currency}")

    return draw


def _bare(value: Any) -> str:
    return "" if value is None else str(value)


def _person(values: tuple[Any, ...]) -> str:
    key, name = values[0], values[1]
    return "" if name is None else _known_person(str(name), key)


def _colleague(values: tuple[Any, ...]) -> str:
    key, name = values[0], values[1]
    return "" if name is None else _known_colleague(str(name), key)


@lru_cache(maxsize=4096)
def _known_colleague(name: str, key: int) -> SafeString:
    """The first name beside the initials, as colleagues speak of each other; the whole name on hover."""
    first = name.split(maxsplit=1)[0] if name.split() else name
    shown = f'<span class="cut" title="{escape(name)}">{escape(first)}</span>'
    return SafeString(f'<span class="row">{html.avatar(name, key)}{shown}</span>')


@lru_cache(maxsize=4096)
def _known_person(name: str, key: int) -> SafeString:
    return html.person(name, key)


@lru_cache(maxsize=20_000)
def _phone(text: str) -> str:
    return format_phone(text)


def _breakable(text: str) -> str:
    """An address that may be broken where its parts begin; a short one stays whole."""
    if len(text) <= UNBROKEN:
        return escape(text)
    return escape(text).replace("@", "<wbr>@").replace(".", "<wbr>.").replace("-", "-<wbr>")


def _linked(kind: Kind) -> Draw:
    """E-mail addresses, telephone numbers and web addresses open what they name; anything else stays text."""

    def draw(values: tuple[Any, ...]) -> str:
        text = values[0]
        if not text:
            return ""
        if kind is Kind.EMAIL:
            return f'<a href="mailto:{quote(text, safe="@.+-_")}">{_breakable(text)}</a>'
        if kind is Kind.PHONE:
            return f'<a class="nowrap" href="tel:{quote(text, safe="+")}">{escape(_phone(text))}</a>'
        if not text.startswith(("https://", "http://")):
            return escape(text)
        name = text.split("://", 1)[1].removeprefix("www.").rstrip("/")
        return f'<a href="{escape(text)}" rel="noopener noreferrer" target="_blank">{escape(name)}</a>'

    return draw
