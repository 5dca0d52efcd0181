"""JSON Schemas of records and of what actions take, from the same declarations that pages and writers use."""

import inspect
from copy import copy
from typing import Any

from django.utils.functional import Promise
from pydantic import create_model

from coordina.core.actions import Action
from coordina.core.inputs import references
from coordina.core.types import TYPES, Field, Kind, RecordType, find_type
from coordina.records.models import Hanger
from coordina.web.values import paths_of

type Json = dict[str, Any]

_MOMENT: Json = {"type": "string", "format": "date-time"}
_ID: Json = {"type": "integer"}
_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_OWN: Json = {"id": _ID, "version": _ID, "created_at": _MOMENT, "changed_at": _MOMENT}


def _object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties}


FIXED: Json = {
    "Ref": _object(["id", "label"], id=_ID, label=_TEXT),
    "Money": _object(["amount", "currency"], amount=_NUMBER, currency={"type": ["string", "null"]}),
    "Count": _object(["number", "more"], number=_ID, more={"type": "boolean"}),
    "Aim": _object(
        ["id"],
        id={"type": ["integer", "string"]},
        version={"type": "integer"},
    ),
    "FieldProblem": _object(["pointer", "detail"], pointer=_TEXT, detail=_TEXT),
    "Problem": _object(
        ["type", "title", "status", "detail", "code"],
        type=_TEXT,
        title=_TEXT,
        status=_ID,
        detail=_TEXT,
        code=_TEXT,
        errors={"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
        position=_ID,
        version=_ID,
        differs={"type": "object"},
        fields={"type": "array", "items": _TEXT},
    ),
    "RowResult": _object(
        ["row", "outcome", "id"],
        row=_ID,
        outcome={"type": "string", "enum": ["done", "same", "refused"]},
        id={"type": ["integer", "null"]},
        version={"type": ["integer", "null"]},
        problem={"type": "object"},
    ),
    "ManyResult": _object(
        ["rows", "change_set"],
        rows={"type": "array", "items": {"$ref": "#/components/schemas/RowResult"}},
        counts=_object(["done", "same", "refused"], done=_ID, same=_ID, refused=_ID),
        change_set={"type": ["integer", "null"]},
        again={"type": "boolean"},
    ),
    "ChangeSet": _object(
        ["id", "at", "by", "door", "rows", "state", "can_undo"],
        id=_ID,
        at=_MOMENT,
        by={"oneOf": [{"$ref": "#/components/schemas/Ref"}, {"type": "null"}]},
        door=_TEXT,
        operation={"type": ["string", "null"]},
        rows=_ID,
        state={"type": "string", "enum": ["open", "done", "undone", "partly"]},
        undo_of={"type": ["integer", "null"]},
        can_undo={"type": "boolean"},
    ),
    "Undone": _object(
        ["undone", "left", "change_set", "later"],
        undone=_ID,
        left={"type": "array", "items": _object(["record", "kind", "reason"], record=_TEXT, kind=_TEXT, reason=_TEXT)},
        change_set={"type": ["integer", "null"]},
        later={"type": "boolean"},
    ),
    "Me": _object(
        ["id", "name", "token"],
        id=_ID,
        name=_TEXT,
        email={"type": ["string", "null"]},
        token=_object(
            ["name", "access", "types"],
            name=_TEXT,
            access={"type": "string", "enum": ["read", "write"]},
            types={"type": "array", "items": _TEXT},
            expires_on={"type": ["string", "null"], "format": "date"},
        ),
        language=_TEXT,
        time_zone=_TEXT,
        currency=_TEXT,
    ),
}
"""Schemas that belong to no record type."""


def name_of(known: RecordType) -> str:
    """Name of a record type's schema."""
    return "".join(part.capitalize() for part in known.name.split("_"))


def record(known: RecordType, without: frozenset[str], closed: frozenset[str] = frozenset()) -> Json:
    """What a record of a type looks like; which fields are there depends on what was asked for.

    Args:
        known: The record type.
        without: Fields that are not told of.
        closed: Fields that the reader may not write: they are marked like those that nobody writes.
    """
    properties: Json = {**_OWN}
    if known.within:
        properties[known.within] = _object(["id"], id=_ID)
    if issubclass(known.model, Hanger):
        properties |= {"subject_type": _TEXT, "subject_id": _ID}
    for name, field in known.fields.items():
        if f"{known.name}.{name}" not in without and (field.kind is Kind.TAGS or paths_of(field)):
            properties[name] = _value(field) | {"description": _words(field)}
            if name not in known.editable or f"{known.name}.{name}" in closed:
                properties[name]["readOnly"] = True
    return {"type": "object", "required": ["id", "version"], "properties": properties, "title": name_of(known)}


def _words(field: Field) -> str:
    return ": ".join(str(text) for text in (field.label, field.help) if text)


def _value(field: Field) -> Json:
    """The schema of one value as it is given; anything may be missing."""
    kind = field.kind
    if kind is Kind.REF:
        return {"oneOf": [{"$ref": "#/components/schemas/Ref"}, {"type": "null"}]}
    if kind is Kind.MONEY:
        return {"oneOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]}
    if kind in (Kind.TAGS, Kind.CHOICES):
        return {"type": ["array", "null"], "items": _TEXT}
    if kind in (Kind.DECIMAL, Kind.PERCENT):
        return {"type": ["string", "integer", "null"]}
    if kind is Kind.INTEGER:
        return {"type": ["integer", "null"]}
    if kind is Kind.BOOL:
        return {"type": ["boolean", "null"]}
    if kind is Kind.DATE:
        return {"type": ["string", "null"], "format": "date"}
    if kind is Kind.DATETIME:
        return {"type": ["string", "null"], "format": "date-time"}
    if kind is Kind.CHOICE and field.choices and not field.json_key:
        return {"enum": [*(value for value, _label in field.choices), "", None]}
    return {} if field.path == "types" else {"type": ["string", "null"]}


# Input ----------------------------------------------------------------------------------------------------------------


def input_name(declared: Action) -> str:
    """Name of the schema of what an action takes."""
    return declared.input.__name__


def input_of(declared: Action, without: frozenset[str]) -> Json:
    """What an action takes, with money also as objects and records by all of their names."""
    known = find_type(declared.model) if declared.patch or declared.along else None
    schema, said = _bare(declared)
    named = references(declared.input)
    for name, part in list(schema.get("properties", {}).items()):
        if known is not None and f"{known.name}.{name}" in without and name in known.fields:
            del schema["properties"][name]
            continue
        field = known.fields.get(name) if known is not None else None
        schema["properties"][name] = _taken(part, field, name in named) | said.get(name, {})
    return _plain(schema)


def _bare(declared: Action) -> tuple[Json, Json]:
    """The schema of an input without what only forms need; and the labels that forms have for its fields."""
    fields: dict[str, Any] = {}
    labels: Json = {}
    for name, info in declared.input.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and "label" in extra:
            labels[name] = {"title": str(extra["label"])}
        plain = copy(info)
        plain.json_schema_extra = None
        fields[name] = (plain.annotation, plain)
    made = create_model(input_name(declared), __config__=declared.input.model_config, **fields)
    schema: Json = made.model_json_schema()
    inner = schema.pop("$defs", {})
    return _inlined(schema, inner), labels


def _inlined(value: Any, inner: Json) -> Any:
    """A schema with the parts that it names by reference put in their places."""
    if isinstance(value, dict):
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name in inner:
            return _inlined(inner[name], inner) | {k: v for k, v in value.items() if k != "$ref"}
        return {key: _inlined(part, inner) for key, part in value.items()}
    return [_inlined(part, inner) for part in value] if isinstance(value, list) else value


def _taken(part: Json, field: Field | None, names_record: bool) -> Json:
    """One member of an input, as programs may write it."""
    part = {key: value for key, value in part.items() if key != "default" or value is not None}
    kept: Json = {key: part[key] for key in ("description", "default", "title") if key in part}
    if field is not None:
        kept["title"] = str(field.label)
        if field.help:
            kept["description"] = str(field.help)
    if names_record:
        options = part.get("anyOf") or [{k: v for k, v in part.items() if k not in kept}]
        return {"anyOf": [*options, {"type": "string"}], **kept}
    if field is not None and field.kind is Kind.MONEY:
        options = part.get("anyOf") or [{k: v for k, v in part.items() if k not in kept}]
        return {"anyOf": [*options, {"$ref": "#/components/schemas/Money"}], **kept}
    return part | kept


def _plain(value: Any) -> Any:
    """A schema without lazy texts, in the language of now."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def first_paragraph(declared: Action) -> str:
    """The beginning of an action's description."""
    return (inspect.getdoc(declared.fn) or "").split("\n\n")[0].replace("\n", " ")


def types_by_url() -> dict[str, RecordType]:
    """Record types by the first part of their addresses."""
    return {known.url: known for known in TYPES}
