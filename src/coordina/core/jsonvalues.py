"""Values of added fields: as JSON holds them, as Python has them, as SQL reads them.

In JSON: texts, numbers, true and false; a day is ISO text, a moment ISO text in UTC to the second with a `Z`, so that
both compare as texts; a choice is its key, several choices a list of keys, a reference the id of its record. What is
empty is not there at all.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, F, Model, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from coordina.core.jsonpath import JsonBool, JsonNumber, JsonText, JsonValue
from coordina.core.records import Record
from coordina.core.types import Field, Kind

NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT, Kind.REF})
_FRACTIONS = frozenset({Kind.DECIMAL, Kind.MONEY, Kind.PERCENT})


def class_of(kind: str) -> type[JsonValue]:
    """How SQL reads values of a kind."""
    if kind in NUMBERS:
        return JsonNumber
    return JsonBool if kind == Kind.BOOL else JsonText


def expression_of(field: Field) -> JsonValue:
    """The value of an added field, as its index spells it."""
    return _expression(field.kind, field.path, field.json_key)


@lru_cache(maxsize=4096)
def _expression(kind: Kind, path: str, key: str) -> JsonValue:
    """One object for each field, so that statements built of it are known again."""
    return class_of(kind)(F(path), key)


def paths_of(field: Field) -> tuple[str | Combinable, ...]:
    """What a list reads of an added field: its value, of a reference id and title, of an amount also its currency."""
    if field.kind is Kind.REF:
        return (expression_of(field), title_of(field))
    return (expression_of(field), field.currency) if field.currency else (expression_of(field),)


def title_of(field: Field) -> Subquery:
    """The title of the record that an added reference names."""
    assert field.to is not None
    return _title(field.to, field.path, field.json_key)


@lru_cache(maxsize=4096)
def _title(far: type[Record], path: str, key: str) -> Subquery:
    rows = far._base_manager.filter(pk=Cast(JsonNumber(OuterRef(path), key), BigIntegerField()))
    return Subquery(rows.order_by().values(far.title_column)[:1])


def stored(field: Field, value: Any) -> Any:
    """What JSON holds for a checked value; None for nothing."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return moment(value.replace(microsecond=0))
    if isinstance(value, dt.date):
        return value.isoformat()
    if field.kind is Kind.CHOICES:
        order = [key for key, _label in field.choices]
        return sorted(dict.fromkeys(value), key=lambda key: order.index(key) if key in order else len(order))
    return value


def moment(value: dt.datetime) -> str:
    """A moment as JSON holds it; parts of a second count as the next one, so that bounds compare rightly."""
    utc = value.astimezone(dt.UTC)
    if utc.microsecond:
        utc = utc.replace(microsecond=0) + dt.timedelta(seconds=1)
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}"


def loaded(field: Field, value: Any) -> Any:
    """The Python value of what JSON holds, or SQL read; what does not fit the kind stays as it is."""
    if value is None or value == "":
        return None
    try:
        return _loaded(field, value)
    except (ValueError, TypeError, InvalidOperation):
        return value


def _loaded(field: Field, value: Any) -> Any:
    kind = field.kind
    if kind in _FRACTIONS and not isinstance(value, bool):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-(field.decimals or 0)))
    if kind in (Kind.INTEGER, Kind.REF) and not isinstance(value, bool):
        return int(value)
    if kind is Kind.DATE:
        return dt.date.fromisoformat(value)
    if kind is Kind.DATETIME:
        return dt.datetime.fromisoformat(value)
    if kind is Kind.CHOICES:
        found = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
        return found if isinstance(found, list) else [found]
    return value


def drawn(field: Field, draw: Callable[[tuple[Any, ...]], str]) -> Callable[[tuple[Any, ...]], str]:
    """A drawing function that takes what SQL read."""
    if field.kind in (Kind.TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.CHOICE, Kind.LONG_TEXT):
        return lambda values: draw((str(values[0]),)) if values[0] is not None else ""
    return lambda values: draw((loaded(field, values[0]), *values[1:]))


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    """The keys by which two JSON objects differ, each with what it held before and holds after."""
    old, new = before or {}, after or {}
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return {}
    return {k: (old.get(k), new.get(k)) for k in (*old, *(k for k in new if k not in old)) if old.get(k) != new.get(k)}
