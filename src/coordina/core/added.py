"""Writing fields that people added: each value checked by its kind, all of a row's in its one JSON column.

Writers hand over what was given by name and get back the new content of the column. A field is asked for when a record
is made, when somebody empties it, and when the record comes into the state from which it is required; an older record
that lacks a value is not held up by a change of something else.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from coordina.core.changes import Values
from coordina.core.contact import parse_email, parse_phone, parse_url
from coordina.core.jsonvalues import stored
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import GROWN, Condition, Field, Grown, Kind, find_type

COLUMN = "custom"
"""The JSON column of records that take added fields."""
LONGEST = 2000
"""Characters of a web or e-mail address."""
_RULES = {Kind.EMAIL: parse_email, Kind.URL: parse_url}


def of(model: type[models.Model]) -> Grown | None:
    """What was added to the record type of a model; None where nothing was."""
    if not GROWN:
        return None
    known = find_type(model)
    found = GROWN.get(known.name) if known is not None else None
    return found if found is not None and found.own else None


def split(grown: Grown, values: Values) -> tuple[Values, Values]:
    """Values of added fields, and the others."""
    own = {n: v for n, v in values.items() if n in grown.own}
    return own, ({n: v for n, v in values.items() if n not in own} if own else values)


def merged(grown: Grown, own: Values, cleaned: Values, obj: Any) -> Values:
    """Cleaned values with the new content of the JSON column.

    Args:
        grown: What was added to the type.
        own: Given values of added fields; absent ones stay as they are.
        cleaned: What the writer made of the others.
        obj: The row being edited, None for a new one.

    Raises:
        Invalid: With messages by field.
    """
    held: dict[str, Any] = dict(cleaned.get(COLUMN, getattr(obj, COLUMN, None)) or {})
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    for name, value in own.items():
        try:
            given[name] = checked(grown.own[name], value, held.get(name), grown.country)
        except Refusal as refusal:
            errors[name] = [str(refusal.message)]
    if obj is None:
        given = {n: v for n, f in grown.own.items() if (v := default_of(f)) is not None} | given
    held |= given
    held = {n: v for n, v in held.items() if v is not None}
    for name in asked(grown, given, cleaned, obj):
        if name not in held and name not in errors and needed(grown.own[name], cleaned, obj):
            errors[name] = [missing(grown.own[name])]
    if errors:
        raise Invalid(errors)
    if not given and COLUMN not in cleaned:
        return cleaned
    return cleaned | {COLUMN: held}


def missing(field: Field) -> str:
    """The sentence about a value that is not there."""
    label = str(field.label)
    return _("%(field)s is missing.") % {"field": label[:1].upper() + label[1:]}


def asked(grown: Grown, given: Mapping[str, Any], cleaned: Values, obj: Any) -> list[str]:
    """Added fields whose presence this write has to answer for."""
    if obj is None:
        return list(grown.own)
    names = [n for n, v in given.items() if v is None]
    for about, hanging in grown.by_field.items():
        if about in cleaned and key_of(cleaned[about]) != key_of(_column(obj, about)):
            names += hanging
    return list(dict.fromkeys(names))


def needed(field: Field, values: Values, obj: Any) -> bool:
    """Whether a record must have a value of the field."""
    if not (field.required or field.required_if) or not shown(field, values, obj):
        return False
    return field.required or _holds(field.required_if, values, obj)


def shown(field: Field, values: Mapping[str, Any], obj: Any) -> bool:
    """Whether pages show the field for a record."""
    return field.visible_if is None or _holds(field.visible_if, values, obj)


def _holds(condition: Condition | None, values: Mapping[str, Any], obj: Any) -> bool:
    if condition is None:
        return False
    value = values[condition.field] if condition.field in values else _column(obj, condition.field)
    return condition.holds(value)


def _column(obj: Any, name: str) -> Any:
    """The value of a column, of a reference its id, without asking the database."""
    if obj is None:
        return None
    column = next((c for c in obj._meta.concrete_fields if c.name == name), None)
    return getattr(obj, column.attname) if column is not None else None


def key_of(value: Any) -> Any:
    """What stands for a value in conditions: the id of a record."""
    return getattr(value, "pk", value)


def default_of(field: Field) -> Any:
    """What a new record gets, as JSON holds it."""
    return None if field.default is None else stored(field, field.default)


def checked(field: Field, value: Any, now: Any, country: str = "") -> Any:
    """A value as JSON holds it, checked by the rules of its kind; None for nothing.

    Args:
        field: The field.
        value: As the input model gives it; references as records or ids.
        now: What JSON holds now: it is not checked again.
        country: ISO code of telephone numbers without a prefix.

    Raises:
        Refusal: When it is no such value.
    """
    made = stored(field, value.strip() if isinstance(value, str) else value)
    if made is None or made == now:
        return made
    if field.kind in _RULES:
        made = str(_RULES[field.kind](str(made)))
        if len(made) > LONGEST:
            raise Refusal("long", _("It is too long."))
    elif field.kind is Kind.PHONE:
        made = parse_phone(str(made), "" if str(made).startswith(("+", "00")) else country).e164
    elif field.kind in (Kind.CHOICE, Kind.CHOICES):
        _known_choices(field, made, now)
    elif isinstance(made, int | float) and not isinstance(made, bool):
        _within(field, made)
    elif isinstance(made, str) and field.max_length and len(made) > field.max_length:
        raise Refusal("long", _("At most %(limit)d characters.") % {"limit": field.max_length})
    return made


def _known_choices(field: Field, made: Any, now: Any) -> None:
    """Refuse a key that is none; what a record holds already may stay."""
    keys = {key for key, _label in field.choices} - field.gone
    held = set(now) if isinstance(now, list) else {now}
    wanted = set(made) if isinstance(made, list) else {made}
    if wanted - keys - held:
        raise Refusal("choice", _("Choose one of the options."))


def _within(field: Field, made: float) -> None:
    """Refuse a number out of the field's bounds, or with more digits than a double holds."""
    low, high = field.minimum, field.maximum
    if (low is not None and made < low) or (high is not None and made > high):
        if low is not None and high is not None:
            raise Refusal("bounds", _("Write a number from %(low)s to %(high)s.") % {"low": low, "high": high})
        raise Refusal("bounds", _("This number is out of bounds."))
    if field.digits is not None and len(str(abs(Decimal(str(made)))).replace(".", "")) > field.digits + 1:
        raise Refusal("digits", _("A number has at most %(limit)d digits.") % {"limit": field.digits})
