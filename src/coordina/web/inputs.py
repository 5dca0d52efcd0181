"""The fields of an action's form: those of its record type as declared, the others read off the signature."""

import datetime as dt
import inspect
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from coordina.core.actions import Action
from coordina.core.actors import Actor
from coordina.core.inputs import references
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, find_type

_KINDS: dict[type, Kind] = {
    bool: Kind.BOOL,
    int: Kind.INTEGER,
    Decimal: Kind.DECIMAL,
    dt.datetime: Kind.DATETIME,
    dt.date: Kind.DATE,
    str: Kind.TEXT,
}
LONG = 300
"""Texts that may be longer than this get a field of several lines."""


def fields_of(declared: Action, user: Actor | None = None) -> dict[str, Field]:
    """The fields of an action's form by input name, in the order of the signature.

    Args:
        declared: The action.
        user: Who fills the form; those of a patch are as this person may write them.
    """
    known = find_type(declared.model)
    editable = known.editable if known and user is None else known.sight(user).editable if known else {}
    refs = references(declared.input)
    found: dict[str, Field] = {}
    for name, info in declared.input.model_fields.items():
        own = editable.get(name) if declared.grows and name not in declared.parameters else None
        field = own or _derived(declared, name, info, refs.get(name))
        if field is not None:
            found[name] = field
    return found


def _derived(declared: Action, name: str, info: FieldInfo, far: type[Record] | None) -> Field | None:
    """A field read off a parameter; None for what no form can show."""
    kind, choices = _kind(info.annotation, far)
    if kind is None:
        return None
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    said = {"kind": extra.get("kind")} if extra.get("kind") else {}
    length = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    if kind is Kind.TEXT and length and length > LONG:
        kind = Kind.LONG_TEXT
    known = find_type(declared.model)
    like = known.fields.get(name) if known else None
    return Field(
        name=name,
        label=_label(name, info, like),
        kind=Kind(str(said.get("kind", like.kind if like and like.kind is not Kind.REF and far is None else kind))),
        to=far,
        choices=choices or (like.choices if like else ()),
        required=info.is_required(),
        max_length=length,
        decimals=_number(info, "decimal_places", like.decimals if like else None),
        default=extra.get("initial", None if info.is_required() else info.default),
        help=_lazy(extra.get("help")) or (like.help if like else ""),
        placeholder="password" if extra.get("format") == "password" else "",
    )


def _label(name: str, info: FieldInfo, like: Field | None) -> Text:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return info.title or extra.get("label") or (like.label if like else name.replace("_", " "))  # type: ignore[return-value]  # a lazy text rides in the schema's extras


def _lazy(text: Any) -> Text:
    """A lazy text that rides in the schema's extras."""
    return text or ""


def _number(info: FieldInfo, name: str, default: int | None) -> int | None:
    return next((getattr(m, name) for m in info.metadata if getattr(m, name, None) is not None), default)


def _kind(hint: Any, far: type[Record] | None) -> tuple[Kind | None, tuple[tuple[Any, Text], ...]]:
    """Kind and choices of a type of the input."""
    if far is not None:
        many = get_origin(_bare(hint)) is list
        return (None if many else Kind.REF), ()
    hint = _bare(hint)
    if get_origin(hint) is Literal:
        return Kind.CHOICE, tuple((value, str(value)) for value in get_args(hint))
    if inspect.isclass(hint) and issubclass(hint, Enum):
        return Kind.CHOICE, tuple((e.value, getattr(e, "label", e.name)) for e in hint)
    return (_KINDS.get(hint) if inspect.isclass(hint) else None), ()


def _bare(hint: Any) -> Any:
    """A type without `Annotated` and without `None`."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif get_origin(hint) in (Union, UnionType):
            hint = next(a for a in get_args(hint) if a is not type(None))
        else:
            return hint
