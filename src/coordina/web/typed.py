"""Between what people type and what actions take: by the kind of the field, in the person's way of writing."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.core.formats import Formats
from coordina.core.parsing import parse_date, parse_decimal, parse_integer, parse_moment, parse_money, parse_percent
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Refusal
from coordina.core.types import Field, Kind


def read(field: Field, text: str, formats: Formats) -> Any:
    """The value that a typed text means; empty is None, or empty text where the field is text.

    Args:
        field: What it was typed into.
        text: As typed.
        formats: Of the person.

    Raises:
        Refusal: When it cannot be read; the sentence says what would be right.
    """
    kind, text = field.kind, text.strip()
    if kind is Kind.BOOL:
        return {"": None, "true": True, "on": True, "false": False}.get(text.lower())
    if kind in (Kind.TAGS, Kind.CHOICES):
        return [word.strip() for word in text.split(",") if word.strip()]
    if not text:
        return "" if kind in _TEXTS else None
    places = 2 if field.decimals is None else field.decimals
    match kind:
        case Kind.MONEY:
            return parse_money(text, formats.locale, places)[0]
        case Kind.PERCENT:
            value = parse_percent(text, formats.locale, field.decimals or 0)
            return value if field.decimals else int(value)
        case Kind.DECIMAL:
            return parse_decimal(text, formats.locale, places)
        case Kind.INTEGER:
            return parse_integer(text, formats.locale)
        case Kind.DATE:
            return parse_date(text, formats.locale, formats.today)
        case Kind.DATETIME:
            return parse_moment(text, formats.locale, timezone.localtime())
        case Kind.REF:
            return _key(text)
    return text


_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL})


def _key(text: str) -> int:
    key = parse_id(text)
    if key is None:
        raise Refusal("reference", _("Choose one from the list."))
    return key


def written(field: Field, value: Any, formats: Formats) -> str:
    """A value as it stands in the control: what `read` reads back the same.

    Args:
        field: The field.
        value: As the model holds it; of a reference the id.
        formats: Of the person.
    """
    if value is None:
        return ""
    match field.kind:
        case Kind.BOOL:
            return "true" if value else "false"
        case Kind.TAGS:
            return value if isinstance(value, str) else ", ".join(value)
        case Kind.CHOICES:
            return value if isinstance(value, str) else ",".join(value)
        case Kind.MONEY | Kind.DECIMAL | Kind.PERCENT:
            return _plain_number(value, formats)
        case Kind.DATE:
            return formats.figures(value) if isinstance(value, dt.date) else str(value)
        case Kind.DATETIME:
            return formats.moment_figures(value) if isinstance(value, dt.datetime) else str(value)
    return str(value)


def _plain_number(value: Any, formats: Formats) -> str:
    """Without groups, with the decimal sign of the person, and without cents that are none."""
    text = format(Decimal(value), "f")
    if "." in text:
        whole, cents = text.split(".")
        text = whole if not cents.strip("0") else text
    return text.replace(".", formats.decimal(Decimal("1.5"))[1])
