"""A row as JSON-able values, and back."""

import copy
import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from coordina.core.changes import Values

_PLAIN = (str, int, bool, float)


def encode(value: Any) -> Any:
    """Make a column value JSON-able; `decode` is the way back."""
    if value is None or value.__class__ in _PLAIN:
        return value
    if isinstance(value, dict | list):
        return copy.deepcopy(value) if value else type(value)()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, int):
        return int(value)
    return str(value)


def decode(column: models.Field[Any, Any], value: Any) -> Any:
    """The Python value of a column from its JSON form."""
    if value is None or isinstance(column, models.ForeignKey | models.JSONField):
        return value
    return column.to_python(value)


def settled(column: models.Field[Any, Any], value: Any) -> Any:
    """The value as the database will hold it: 7 becomes 7.00 in a column of two decimals.

    Without it undo would see a difference between what was logged and what is stored.
    """
    if value is None or hasattr(value, "resolve_expression"):
        return value
    if isinstance(column, models.DecimalField):
        number = value if isinstance(value, Decimal) else column.to_python(value)
        return number.quantize(Decimal(1).scaleb(-column.decimal_places))
    if isinstance(column, models.DateField) and isinstance(value, str):
        return column.to_python(value)
    return value


def image(obj: models.Model) -> Values:
    """All loaded columns of a row, JSON-able, by attribute name."""
    loaded = obj.__dict__
    return {f.attname: encode(loaded[f.attname]) for f in obj._meta.concrete_fields if f.attname in loaded}
