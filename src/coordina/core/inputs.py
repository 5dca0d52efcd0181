"""From an action's signature to the pydantic model of what a caller supplies."""

import datetime as dt
import inspect
from decimal import Decimal
from functools import lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from coordina.core import types
from coordina.core.actions import HIDDEN, Action, Along, Changes, New
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import Kind

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_CONFIG = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Ref:
    """Marks an integer of the input that names a record; doors resolve it through what the caller may see."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model

    def __get_pydantic_json_schema__(self, core: "CoreSchema", handler: "GetJsonSchemaHandler") -> "JsonSchemaValue":
        """Say in the schema which noun is named."""
        return handler(core) | {"x-ref": self.model._meta.label_lower}


def build(declared: Action) -> type[BaseModel]:
    """The input model of an action.

    Raises:
        TypeError: When a parameter is not keyword-only.
    """
    fields: dict[str, Any] = {}
    docs = described(declared.fn)
    for name, parameter in declared.parameters.items():
        if name in HIDDEN or name == declared.target:
            continue
        if parameter.kind is not parameter.KEYWORD_ONLY:
            raise TypeError(f"{declared.name}: {name} must be keyword-only")
        hint = declared.hints[name]
        if get_origin(hint) in (New, Changes):
            fields |= _patch(hint)
            continue
        if get_origin(hint) is Along:
            fields |= _along(hint)
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[name] = (as_input(hint), Field(default, description=docs.get(name)))
    title = "".join(word.capitalize() for word in declared.name.replace(".", "_").split("_")) + "Input"
    return create_model(title, __config__=_CONFIG, __doc__=inspect.getdoc(declared.fn), **fields)


def _along(hint: Any) -> dict[str, Any]:
    """The fields that people added to a record type, none of them needed."""
    known = types.type_of(get_args(hint)[0])
    added = (f for f in known.editable.values() if f.json_key)
    return {field.name: (value_type(field) | None, Field(None, title=str(field.name))) for field in added}


def _patch(hint: Any) -> dict[str, Any]:
    """The editable fields of a record type: required ones of `New` must be there, all others may.

    A part of another record is made with that record's id, under the name of the foreign key.
    """
    known = types.type_of(get_args(hint)[0])
    new = get_origin(hint) is New
    fields: dict[str, Any] = {}
    if new and known.within:
        whole = known.model._meta.get_field(known.within).related_model
        fields[known.within] = (Annotated[int, Ref(cast(type[Record], whole))], Field())
    return fields | {
        name: (value_type(field), Field(... if new and field.required else None, title=str(name)))
        for name, field in known.editable.items()
    }


def value_type(field: types.Field) -> Any:
    """The type that a field's value has in the input; empty is None, or empty text where the field is text."""
    kind = field.kind
    inner: Any
    if kind is Kind.REF:
        assert field.to is not None
        inner = Annotated[int, Ref(field.to)]
    elif kind is Kind.CHOICE and field.choices:
        inner = Literal[tuple(v for v, _ in field.choices)]
    elif kind is Kind.CHOICES:
        inner = Annotated[list[Literal[tuple(v for v, _ in field.choices)]], BeforeValidator(listed)]  # type: ignore[misc]  # computed at run time
    elif kind is Kind.TAGS:
        inner = Annotated[list[Annotated[str, Field(max_length=60)]], BeforeValidator(words)]
    elif kind in (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT) and field.decimals:
        inner = Annotated[
            Decimal,
            Field(max_digits=field.digits, decimal_places=field.decimals, ge=field.minimum, le=field.maximum),
        ]
    elif kind in (Kind.INTEGER, Kind.PERCENT):
        inner = Annotated[int, Field(ge=field.minimum, le=field.maximum)]
    elif kind is Kind.DATE:
        inner = dt.date
    elif kind is Kind.DATETIME:
        inner = dt.datetime
    elif kind is Kind.BOOL:
        inner = bool
    else:
        return _text(field)
    return inner if field.required else Annotated[inner | None, BeforeValidator(empty_is_none)]


def _text(field: types.Field) -> Any:
    if field.kind is Kind.COUNTRY and not field.required:
        return Annotated[str, BeforeValidator(country_code), Field(max_length=field.max_length)]
    if field.required:
        return Annotated[str, Field(min_length=1, max_length=field.max_length)]
    return Annotated[str, BeforeValidator(none_is_empty), Field(max_length=field.max_length)]


def country_code(value: Any) -> Any:
    """The ISO code of a country that was written by its name or code; nothing stays empty text."""
    from coordina.core.contact import parse_country

    if not isinstance(value, str) or not value.strip():
        return "" if value is None or isinstance(value, str) else value
    try:
        return parse_country(value)
    except Refusal as refusal:
        raise ValueError(str(refusal)) from None


def words(value: Any) -> Any:
    """Words written in one text, with commas or semicolons between them, as a list."""
    if not isinstance(value, str):
        return value
    return [word for part in value.replace(";", ",").split(",") if (word := part.strip())]


def listed(value: Any) -> Any:
    """One key as a list of one; nothing as none."""
    return [] if value in (None, "") else [value] if isinstance(value, str) else value


def empty_is_none(value: Any) -> Any:
    """What a form sends for «nothing» is None."""
    return None if value == "" else value


def none_is_empty(value: Any) -> Any:
    """Text columns hold empty text rather than nothing."""
    return "" if value is None else value


def as_input(hint: Any) -> Any:
    """A parameter's type as the input has it: records become marked integers."""
    if isinstance(hint, type) and issubclass(hint, Record):
        return Annotated[int, Ref(hint)]
    if get_origin(hint) is Annotated:
        inner, *said = get_args(hint)
        return Annotated[as_input(inner), *said]
    if get_origin(hint) in (list, set, tuple) and get_args(hint):
        return list[as_input(get_args(hint)[0])]  # type: ignore[misc]  # a type computed at run time
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
        return as_input(next(a for a in get_args(hint) if a is not type(None))) | None
    return hint


def described(fn: Any) -> dict[str, str]:
    """The `Args:` section of a docstring: help of forms, OpenAPI and machines."""
    found: dict[str, str] = {}
    inside = False
    for line in (inspect.getdoc(fn) or "").splitlines():
        if line.strip() == "Args:":
            inside = True
        elif inside and line.startswith("    ") and not line.startswith("        ") and ":" in line:
            name, text = line.strip().split(":", 1)
            found[name] = text.strip()
        elif inside and line and not line.startswith(" "):
            inside = False
    return found


@lru_cache(1000)
def references(model: type[BaseModel]) -> dict[str, type[Record]]:
    """Which input fields name records, and of which class."""
    found: dict[str, type[Record]] = {}
    for name, info in model.model_fields.items():
        marker = _find_ref([info.annotation, *info.metadata])
        if marker is not None:
            found[name] = marker.model
    return found


def _find_ref(parts: list[Any]) -> Ref | None:
    for part in parts:
        if isinstance(part, Ref):
            return part
        if part is not None and not isinstance(part, type) and (inner := get_args(part)):
            found = _find_ref(list(inner))
            if found:
                return found
    return None
