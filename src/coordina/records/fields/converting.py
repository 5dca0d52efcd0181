"""From values of one kind to those of another, and from texts of imported files to values. Nothing is ever dropped.

What cannot be said in the new kind without loss is no conversion: a number with a fraction is no whole number, several
options are not one, a moment with a time of day is no day.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from coordina.accounts.company import the_company
from coordina.core.added import checked
from coordina.core.jsonvalues import loaded
from coordina.core.refusals import Refusal
from coordina.core.types import Field, Kind
from coordina.records.fields.guessing import cells_of
from coordina.records.importing.cells import Problem

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL})
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT})
LISTS = frozenset({Kind.CHOICE, Kind.CHOICES})
DAYS = frozenset({Kind.DATE, Kind.DATETIME})
DECLARED = frozenset({Kind.TAGS, Kind.COUNTRY, Kind.CURRENCY, Kind.TIME_ZONE, Kind.NUMBERED})
"""Kinds that only rooms declare: no field that people add has them."""
FIXED = frozenset({Kind.REF})
"""Kinds that no other becomes, and that become no other."""


class Unfit(Exception):
    """A value that the new kind cannot hold."""


def targets_of(kind: Kind) -> list[Kind]:
    """Kinds that values of a kind may become, if each value fits."""
    if kind in FIXED:
        return []
    wide = {Kind.TEXT, Kind.LONG_TEXT}
    groups = {
        **dict.fromkeys(TEXTS, set(Kind) - DECLARED - FIXED),
        **dict.fromkeys(NUMBERS, NUMBERS | wide),
        **dict.fromkeys(LISTS, LISTS | wide),
        **dict.fromkeys(DAYS, DAYS | wide),
        Kind.BOOL: wide,
    }
    found = groups.get(kind, set()) - {kind}
    return [each for each in Kind if each in found]


def converter(old: Field, new: Field, said: Mapping[str, Any]) -> Callable[[Any], Any]:
    """The function from what JSON holds now to what it will hold.

    Args:
        old: The field as it is. new: As it will be.
        said: How texts are written; from `guessing.told`.

    Raises:
        Unfit: By the function, for a value that does not fit.
    """
    company = the_company()
    country = company.country if company is not None else ""
    zone = ZoneInfo(company.time_zone if company is not None else "UTC")
    read = cells_of(new, said) if old.kind in TEXTS and new.kind not in TEXTS else None
    open_list = replace(new, gone=frozenset())

    def convert(value: Any) -> Any:
        made = _text_read(value, read) if read is not None else _carried(old, new, value, zone)
        try:
            kept = checked(open_list, made, None, country)
        except Refusal as refusal:
            raise Unfit(value) from refusal
        if kept is None:
            raise Unfit(value)
        return kept

    return convert


def _text_read(value: Any, read: Callable[[str], Any]) -> Any:
    found = read(str(value))
    if isinstance(found, Problem) or found is None:
        raise Unfit(value)
    return found


def _carried(old: Field, new: Field, value: Any, zone: ZoneInfo) -> Any:
    """A value of one kind as one of another that is related to it."""
    if new.kind in TEXTS:
        return text_of(old, value)
    if new.kind in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(new, value)
    if new.kind is Kind.CHOICES:
        return value if isinstance(value, list) else [value]
    if new.kind is Kind.CHOICE and isinstance(value, list) and len(value) == 1:
        return value[0]
    if new.kind is Kind.DATETIME and old.kind is Kind.DATE:
        return dt.datetime.combine(dt.date.fromisoformat(value), dt.time.min, tzinfo=zone)
    if new.kind is Kind.DATE and old.kind is Kind.DATETIME:
        moment = dt.datetime.fromisoformat(value).astimezone(zone)
        if moment.time() == dt.time.min:
            return moment.date()
    raise Unfit(value)


def _number(new: Field, value: float) -> Any:
    exact = Decimal(str(value))
    places = 0 if new.kind is Kind.INTEGER else new.decimals or 0
    if exact != exact.quantize(Decimal(1).scaleb(-places)):
        raise Unfit(value)
    return int(exact) if new.kind is Kind.INTEGER else exact


def text_of(field: Field, value: Any) -> str:
    """What JSON holds as a text that says the same."""
    if field.kind in LISTS:
        return "; ".join(str(field.label_of(key)) for key in (value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if field.kind is Kind.DATETIME:
        moment = loaded(field, value)
        return moment.isoformat(sep=" ") if isinstance(moment, dt.datetime) else str(value)
    return str(value)
