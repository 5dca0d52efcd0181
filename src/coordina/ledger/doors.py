"""How a door calls an action: `perform` from a hand-made page, `submit` from a generic door.

Both in this order: permission; validation; then the transaction with its change set; the target through what the
caller may see, locked, within the reach of this very permission; version; lifecycle; references; the call.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext
from pydantic import BaseModel, ValidationError

from coordina.accounts.models import User
from coordina.core.actions import Action, check_state, of
from coordina.core.changes import Values
from coordina.core.growing import PREFIX
from coordina.core.images import encode
from coordina.core.inputs import references
from coordina.core.jsonvalues import stored
from coordina.core.messages import errors_of, unknown_field
from coordina.core.prepared import one
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Forbidden, Invalid, NotFound, Text
from coordina.core.types import find_type
from coordina.core.visibility import covers
from coordina.ledger.change_sets import change_set
from coordina.ledger.history import values_at


def perform[**P, R](fn: Callable[P, R], *, via: str, version: int | None = None) -> Callable[P, R]:
    """Call an action with exactly its own types: `perform(win, via="web")(opportunity=o, closed_on=d, by=u, at=now)`.

    Args:
        fn: The action.
        via: The door.
        version: The version the caller saw; the record's own when None.

    Raises:
        Refusal: Whatever the caller may not do, or not now.
    """
    declared = of(fn)

    def call(*args: P.args, **given: P.kwargs) -> R:
        kwargs: dict[str, Any] = dict(given)
        by: User = kwargs["by"]
        if not declared.open_to(by):
            raise Forbidden
        target: Record | None = kwargs[declared.target] if declared.target else None
        with change_set(by=by, at=kwargs["at"], via=via, action=declared.name, **_subject(declared, target)):
            if declared.target and target is not None:
                seen = target.version if version is None else version
                kwargs[declared.target] = locked_target(declared, target.pk, by, version=seen)
            result: R = declared.fn(**kwargs)
            return result

    return call


def submit(
    declared: Action,
    data: Mapping[str, Any],
    *,
    by: User,
    via: str,
    pk: int | None = None,
    version: int | None = None,
    key: str | None = None,
    at: datetime | None = None,
    exact: bool = False,
) -> Any:
    """Call an action with untyped input, as forms, REST, rules, imports and machines have it.

    Args:
        declared: The action.
        data: Input by field name; records are named by their ids.
        by: Who calls.
        via: The door.
        pk: The target, where the action takes one.
        version: The version the caller saw; None skips the check.
        key: Idempotency key.
        at: When; now by default.
        exact: Refuse every other version, also where an edit would not touch what was changed meanwhile.

    Raises:
        Invalid: With messages by field.
        Refusal: Whatever else the caller may not do, or not now.
    """
    at = at or timezone.now()
    if not declared.open_to(by):
        raise Forbidden
    check_open(declared, data, by)
    given = validated(declared, data)
    subject: Values = {"subject_type": declared.model._meta.label, "subject_id": pk} if pk is not None else {}
    subject |= {} if declared.undoable else {"undoable": False}
    with change_set(by=by, at=at, via=via, action=declared.name, key=key, **subject):
        kwargs = declared.arguments(given)
        if declared.target:
            if pk is None:
                raise NotFound
            target = kwargs[declared.target] = locked_target(declared, pk, by, version=version, exact=exact)
            if declared.verb == "edit" and declared.patch and version not in (None, target.version):
                kwargs[declared.patch] = merged(target, version or 0, kwargs[declared.patch])
        if declared.patch:
            kwargs[declared.patch] = emptied(declared, kwargs[declared.patch])
        resolve(declared.input, kwargs, declared.patch or declared.along, by)
        if declared.verb == "create" and declared.patch:
            check_whole(declared, kwargs[declared.patch], by)
        try:
            return declared.fn(**kwargs, by=by, at=at)
        except Invalid as wrong:
            raise unnamed(wrong, declared, by) from None


def check_open(declared: Action, data: Mapping[str, Any], by: User) -> None:
    """Refuse input that names a field hidden from the caller, or closed to them, as one that names no field at all.

    Raises:
        Invalid: In the words in which unknown fields are refused.
    """
    closed = declared.closed_to(by)
    unknown = [name for name in data if name in closed]
    if unknown:
        raise Invalid({name: [unknown_field(name)] for name in unknown})


def unnamed(wrong: Invalid, declared: Action, by: User) -> Invalid:
    """A refusal that does not name fields hidden from the caller: what is wrong with these others have to mend."""
    known = find_type(declared.model)
    hidden = known.sight(by).hidden if known is not None else frozenset()
    if hidden.isdisjoint(wrong.errors):
        return wrong
    told = {name: said for name, said in wrong.errors.items() if name not in hidden}
    return Invalid({**told, "": [gettext("Something is needed that your role cannot write. Ask an administrator.")]})


def emptied(declared: Action, patch: Values) -> Values:
    """A patch without the empty values that its columns cannot hold: a new record takes what is usual instead.

    Raises:
        Invalid: Naming what was emptied in an edit and cannot be.
    """
    kept: Values = type(patch)()
    errors: dict[str, list[str]] = {}
    for name, value in patch.items():
        column = _column_of(declared.model, name) if value is None or value == "" else None
        if column is None or column.null or column.is_relation or (column.blank and column.empty_strings_allowed):
            kept[name] = "" if column is not None and not column.null and not column.is_relation else value
        elif declared.verb != "create":
            label = labels_of(declared).get(name, name)
            errors[name] = [gettext("%(field)s is missing.") % {"field": f"{label}"[:1].upper() + f"{label}"[1:]}]
    if errors:
        raise Invalid(errors)
    return kept


def _column_of(model: type[Record], name: str) -> Any:
    """The column that a field fills; None where it fills none."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def check_whole(declared: Action, values: Values, by: User) -> None:
    """Refuse to make a part of a record that the caller may see but not change, and lock that record.

    Raises:
        Forbidden: When the permission does not reach the whole.
    """
    known = find_type(declared.model)
    if known is None or not known.within:
        return
    whole: Record = values[known.within]
    rows: Any = type(whole).objects
    if not rows.within(by, declared.permission).locked().filter(pk=whole.pk).exists():
        raise Forbidden


def validated(declared: Action, data: Mapping[str, Any]) -> BaseModel:
    """Check input against the action's signature.

    Raises:
        Invalid: With messages by field, in the user's language.
    """
    unreadable = [n for n, v in data.items() if isinstance(v, str) and "\x00" in v]
    if unreadable:
        labels = labels_of(declared)
        message = gettext("%(field)s has letters that cannot be read. Save the text as UTF-8.")
        raise Invalid({n: [message % {"field": labels.get(n, n)}] for n in unreadable})
    try:
        return declared.input.model_validate(dict(data))
    except ValidationError as error:
        raise Invalid(errors_of(error, labels_of(declared))) from None


def labels_of(declared: Action) -> dict[str, Text]:
    """Labels of the input's fields, for messages."""
    known = find_type(declared.model)
    return {name: field.label for name, field in known.fields.items()} if known and declared.patch else {}


def locked_target(declared: Action, pk: int, by: User, *, version: int | None = None, exact: bool = False) -> Record:
    """The record an action is about: seen, allowed, locked, of the right version and state.

    Raises:
        NotFound: When it does not exist or may not be seen.
        Forbidden: When it may be seen, but this permission does not reach it.
        Conflict: When somebody changed it since.
    """
    model = declared.model
    found = one(model, pk, by, declared.permission, locked=True)
    if found is None:
        if one(model, pk, by) is not None:
            raise Forbidden
        raise NotFound
    if not covers(found, by, model.view_permission()):
        raise NotFound
    if version is not None and found.version != version and (exact or declared.verb != "edit"):
        raise Conflict
    check_state(declared, found)
    return found


def merged(obj: Record, version: int, patch: Values) -> Values:
    """What is left of a patch made on an older version: what the person did not touch is dropped.

    Raises:
        Conflict: When both changed the same field to different values.
    """
    then = values_at(obj, version)
    kept = {n: v for n, v in patch.items() if _told(obj, n, v) != then.get(_column(obj, n), _held(obj, n))}
    clash = [n for n, v in kept.items() if _column(obj, n) in then and _told(obj, n, v) != _held(obj, n)]
    if clash:
        raise Conflict(fields=clash)
    return kept


def _column(obj: Record, name: str) -> str:
    """Attribute that holds a field's value: the id of a reference."""
    return str(getattr(_column_of(type(obj), name), "attname", name))


def _value(obj: Record, name: str) -> Any:
    return getattr(obj, _column(obj, name), None)


def _added(obj: Record, name: str) -> Any:
    """The definition of a field that people added; None for others."""
    known = find_type(type(obj)) if name.startswith(PREFIX) else None
    field = known.fields.get(name) if known is not None else None
    return field if field is not None and field.json_key else None


def _told(obj: Record, name: str, value: Any) -> Any:
    """A given value as the ledger writes it."""
    added = _added(obj, name)
    return stored(added, value) if added is not None else encode(value)


def _held(obj: Record, name: str) -> Any:
    """What the record holds now, as the ledger writes it."""
    return _told(obj, name, _value(obj, name))


def resolve(model: type[BaseModel], kwargs: Values, patch: str | None, by: User) -> None:
    """Replace ids by the records they name, as far as the caller may see them.

    Raises:
        Invalid: Naming each field whose record cannot be seen.
    """
    errors: dict[str, list[str]] = {}
    for name, far in references(model).items():
        holder = kwargs if name in kwargs else kwargs[patch] if patch else kwargs
        if holder.get(name) is None:
            continue
        found = one(far, holder[name], by)
        if found is None:
            errors[name] = [str(NotFound().message)]
        holder[name] = found
    if errors:
        raise Invalid(errors)


def _subject(declared: Action, target: Record | None) -> Values:
    said: Values = {} if declared.undoable else {"undoable": False}
    if target is not None:
        said |= {"subject_type": target._meta.label, "subject_id": target.pk}
    return said
