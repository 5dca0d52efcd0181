"""Bodies of requests: JSON to what actions take, with money as objects and records by whatever name they have."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from pydantic_core import from_json

from coordina.accounts.models import User
from coordina.api.naming import ids_of
from coordina.api.problems import Problem
from coordina.core.actions import Action
from coordina.core.changes import Values
from coordina.core.inputs import references
from coordina.core.refusals import Invalid, NotFound
from coordina.core.types import Field, Kind, RecordType, find_type

JSON = ("application/json", "application/merge-patch+json")


def body_of(request: Any) -> Any:
    """What a request brings, read as JSON; an empty body is an empty object.

    Raises:
        Problem: For what is no JSON, and for more than the server takes.
    """
    try:
        raw = request.body
    except RequestDataTooBig:
        raise Problem("too_large", _("The request is too large."), status=413) from None
    if not raw.strip():
        return {}
    if request.content_type not in JSON:
        raise Problem("media_type", _("Send JSON: Content-Type: application/json."), status=415)
    try:
        given = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise Problem("json", _("The body is no valid JSON.")) from None
    if b"\\u0000" in raw and _has_zero(given):
        raise Problem("unreadable", _("There is a character here that cannot be read."))
    return given


def object_of(request: Any) -> Values:
    """The same, where it has to be an object.

    Raises:
        Problem: For anything else.
    """
    given = body_of(request)
    if not isinstance(given, dict):
        raise Problem("json", _("The body has to be a JSON object."))
    return given


def _has_zero(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_zero(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_zero(part) for part in value)


def prepared(declared: Action, rows: Sequence[Values], user: User, currency: str) -> list[Values | Invalid]:
    """Input of an action from what a program sent, for one row or many; for a row that cannot be read, what is wrong.

    Args:
        declared: The action.
        rows: What was sent.
        user: Who calls: a field hidden from them is as unknown as one that does not exist.
        currency: The reporting currency.
    """
    known = find_type(declared.model) if declared.patch or declared.along else None
    found: list[Values | Invalid] = []
    for row in rows:
        try:
            found.append(_plain(known, row, user, currency) if known is not None else dict(row))
        except Invalid as wrong:
            found.append(wrong)
    return _named(declared, found, user)


def _plain(known: RecordType, row: Values, user: User, currency: str) -> Values:
    """A row with its amounts taken apart, and without what its sender may not know.

    Raises:
        Invalid: At the fields that cannot be read.
    """
    seen = known.known_to(user)
    errors: dict[str, list[str]] = {}
    made: Values = {}
    for name, value in row.items():
        field = known.fields.get(name)
        if field is not None and name not in seen:
            errors[name] = [_("There is no field called “%(field)s” here. Leave it out.") % {"field": name}]
        elif field is not None and field.kind is Kind.MONEY and isinstance(value, dict):
            wrong = _apart(field, value, made, row, currency)
            if wrong:
                errors[name] = [wrong]
        else:
            made.setdefault(name, value)
    if errors:
        raise Invalid(errors)
    return made


def _apart(field: Field, value: Mapping[str, Any], made: Values, row: Values, currency: str) -> str:
    """Take an amount apart into its number and its currency; gives what is wrong with it."""
    if not {"amount"} <= value.keys() <= {"amount", "currency"}:
        return _("Write an amount as an object with “amount” and “currency”.")
    code = value.get("currency")
    made[field.name] = value["amount"]
    if code is None:
        return ""
    if field.currency and "__" not in field.currency:
        if row.get(field.currency, code) != code:
            return _("The amount is in another currency than the record.")
        made[field.currency] = code
        return ""
    if code != (field.currency_code or currency):
        return _("This amount is always in %(currency)s.") % {"currency": field.currency_code or currency}
    return ""


def _named(declared: Action, rows: list[Values | Invalid], user: User) -> list[Values | Invalid]:
    """Replace references and ids of other systems by our ids: one look for each kind of record."""
    for name, far in references(declared.input).items():
        texts = {
            text
            for row in rows
            if isinstance(row, dict)
            for text in _parts(row.get(name))
            if isinstance(text, str) and text and not text.isdigit()
        }
        if not texts:
            continue
        known = ids_of(far, texts, user)
        for place, row in enumerate(rows):
            if isinstance(row, dict) and name in row:
                rows[place] = _with_ids(row, name, texts, known)
    return rows


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _with_ids(row: Values, name: str, texts: set[str], known: Mapping[str, int]) -> Values | Invalid:
    value, parts = row[name], _parts(row[name])
    if any(isinstance(part, str) and part in texts and part not in known for part in parts):
        return Invalid({name: [str(NotFound().message)]})
    made = [known.get(part, part) if isinstance(part, str) else part for part in parts]
    row[name] = made if isinstance(value, list) else made[0]
    return row
