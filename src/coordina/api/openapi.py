"""The OpenAPI document, made of the declarations: what there is, what it takes, what it gives."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.api import schemas
from coordina.api.beside import BESIDE
from coordina.api.lists import parent_of
from coordina.api.operations import Does, Operation, table
from coordina.api.reading import readable
from coordina.core import growing
from coordina.core.types import TYPES, RecordType, type_of
from coordina.records.bulk.rowwise import MOST
from coordina.records.models import Attachment

VERSION = "1.0.0"
type Json = dict[str, Any]


def document(user: User) -> Json:
    """The document for one person: fields that they may not know are not in it."""
    hidden = tuple(
        f"{known.name}.{name}" for known in TYPES for name in known.fields if name not in readable(known, user)
    )
    closed = tuple(f"{known.name}.{name}" for known in TYPES for name in sorted(known.sight(user).closed))
    return _document(hidden, closed, get_language() or "en", growing.generation(), len(table().by_name))


@lru_cache(32)
def _document(hidden: tuple[str, ...], closed: tuple[str, ...], language: str, generation: int, size: int) -> Json:
    """The document without some fields, in a language; made once for all who are shown the same.

    Args:
        hidden: Fields that are not told of, as `company.email`.
        closed: Fields that cannot be written, the hidden ones among them.
    """
    without, unwritable = frozenset(hidden), frozenset(closed)
    paths: dict[str, Json] = {}
    for path, method, said in (*_fixed(), *(each for beside in BESIDE for each in beside.paths())):
        paths.setdefault(path, {})[method] = said
    for operation in table().by_name.values():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, without)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Coordina",
            "version": VERSION,
            "description": _(
                "Read and change everything that Coordina keeps, with the rights of whoever made the token."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": known.url, "description": _capital(known.plural)} for known in TYPES],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(without, unwritable),
            "responses": _responses(),
            "parameters": _parameters(),
            "headers": _headers(),
        },
    }


def _capital(text: Any) -> str:
    return f"{text}"[:1].upper() + f"{text}"[1:]


def _schemas(without: frozenset[str], closed: frozenset[str]) -> Json:
    found: Json = {**schemas.FIXED}
    for beside in BESIDE:
        found |= beside.schemas()
    for known in TYPES:
        found[schemas.name_of(known)] = schemas.record(known, without, closed)
    for operation in table().by_name.values():
        if operation.declared is not None and not operation.does.many:
            found[schemas.input_name(operation.declared)] = schemas.input_of(operation.declared, without | closed)
    return found


# Operations -----------------------------------------------------------------------------------------------------------


def _operation(operation: Operation, without: frozenset[str]) -> Json:
    known, declared = operation.known, operation.declared
    said: Json = {
        "operationId": operation.name,
        "summary": summary_of(operation),
        "tags": [known.url] if known is not None else ["actions"],
        "responses": _answers(operation),
    }
    if declared is not None and (doc := schemas.first_paragraph(declared)):
        said["description"] = doc
    said["parameters"] = _asked(operation)
    if declared is not None and (operation.does.many or operation.does is not Does.DELETE):
        schema = _many_input(operation) if operation.does.many else _ref(schemas.input_name(declared))
        said["requestBody"] = {"required": _needs_body(operation), "content": {"application/json": {"schema": schema}}}
    if operation.does is Does.UPLOAD:
        part = {"type": "string", "format": "binary"}
        form = {"type": "object", "required": ["file"], "properties": {"file": part}, "additionalProperties": False}
        said["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    if not said["parameters"]:
        del said["parameters"]
    return said


def _needs_body(operation: Operation) -> bool:
    assert operation.declared is not None
    return operation.does.many or any(f.is_required() for f in operation.declared.input.model_fields.values())


def summary_of(operation: Operation) -> str:
    """What an operation does, in a few words."""
    known = operation.known
    noun = (
        _capital(known.plural if operation.does in (Does.LIST,) or operation.does.many else known.label)
        if known
        else ""
    )
    if operation.declared is None:
        words = {Does.LIST: _("list"), Does.READ: _("read"), Does.FILES: _("list the files"),
                 Does.UPLOAD: _("add a file"), Does.DOWNLOAD: _("download the bytes")}  # fmt: skip
        return f"{noun}: {words[operation.does]}"
    label = str(operation.declared.label)
    return f"{noun}: {label[:1].lower() + label[1:]}" if noun else label


def _asked(operation: Operation) -> list[Json]:
    """Parameters of an operation."""
    known, found = operation.known, []
    if "{ref}" in operation.path:
        found.append(_parameter("ref"))
    if operation.does is Does.LIST and known is not None:
        found += [_parameter(n) for n in ("filter", "view", "order", "fields", "limit", "after", "before", "count")]
        if known.within:
            whole = {
                "name": parent_of(known),
                "in": "query",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
            found.append(whole | {"description": _("Id of the record that they are a part of.")})
    if operation.does is Does.FILES:
        found += [_parameter(n) for n in ("order", "fields", "limit", "after", "before", "count")]
    if operation.does is Does.READ:
        found += [_parameter("fields"), _parameter("if_none_match")]
    if operation.does.writes:
        found.append(_parameter("idempotency_key"))
    if operation.does in (Does.EDIT, Does.DELETE, Does.ACT):
        found += [_parameter("if_match"), _parameter("version")]
    return found


def _answers(operation: Operation) -> Json:
    """Answers of an operation."""
    known = operation.known
    found: Json = {}
    if operation.does is Does.LIST and known is not None:
        found["200"] = _content(_("A page of records."), _page_of(known))
    elif operation.does is Does.FILES:
        found["200"] = _content(_("A page of files."), _page_of(type_of(Attachment)))
    elif operation.does is Does.DOWNLOAD:
        binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        found["200"] = {"description": _("The bytes, as something to save."), "content": binary}
    elif operation.does is Does.UPLOAD:
        made = _content(_("The file as it is kept."), _ref(schemas.name_of(type_of(Attachment))))
        found["201"] = made | {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}} | _change_header()}
    elif operation.does.many:
        found["200"] = _content(_("What came of every row."), _ref("ManyResult")) | {"headers": _change_header()}
    elif operation.does is Does.CALL or known is None:
        found["200"] = _content(_("The record that it made."), {"type": "object"}) | {"headers": _change_header()}
        found["204"] = {"description": _("Done."), "headers": _change_header()}
    else:
        headers: Json = {"ETag": {"$ref": "#/components/headers/ETag"}}
        headers |= _change_header() if operation.does.writes else {}
        if operation.does is not Does.DELETE:
            status = "201" if operation.does is Does.CREATE else "200"
            found[status] = _content(_("The record as it is now."), _ref(schemas.name_of(known))) | {"headers": headers}
        if operation.does.writes:
            found["204"] = {"description": _("Done; there is nothing to show."), "headers": _change_header()}
        if operation.does is Does.READ:
            found["304"] = {"description": _("Not changed since.")}
    found["default"] = {"$ref": "#/components/responses/Problem"}
    return found


def _change_header() -> Json:
    return {"Change-Set": {"$ref": "#/components/headers/Change-Set"}}


def _page_of(known: RecordType) -> Json:
    return {
        "type": "object",
        "required": ["data", "next", "previous"],
        "properties": {
            "data": {"type": "array", "items": _ref(schemas.name_of(known))},
            "next": {"type": ["string", "null"], "description": _("For “after”; null on the last page.")},
            "previous": {"type": ["string", "null"], "description": _("For “before”; null on the first page.")},
            "count": _ref("Count"),
        },
    }


def _many_input(operation: Operation) -> Json:
    assert operation.declared is not None
    own = _ref(schemas.input_name(operation.declared))
    aim = _ref("Aim")
    items: Json = {"type": "object"} if operation.does is not Does.CREATE_MANY else own
    if operation.does is not Does.CREATE_MANY:
        items = {"allOf": [aim], "description": _("“id”, “version” and what the action for one record takes.")}
    return {
        "type": "object",
        "required": ["rows"],
        "additionalProperties": False,
        "properties": {
            "rows": {"type": "array", "minItems": 1, "maxItems": MOST, "items": items},
            "all_or_nothing": {"type": "boolean", "default": False},
        },
    }


def _content(text: str, schema: Json) -> Json:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


# What belongs to no record type ---------------------------------------------------------------------------------------


def _fixed() -> list[tuple[str, str, Json]]:
    default = {"default": {"$ref": "#/components/responses/Problem"}}
    change = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    force = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"force": {"type": "boolean", "default": False}},
    }
    return [
        ("/me", "get", {
            "operationId": "me", "summary": _("Who calls, and what the token may do"), "tags": ["me"],
            "responses": {"200": _content(_("The person of the token."), _ref("Me")), **default},
        }),
        ("/openapi.json", "get", {
            "operationId": "openapi", "summary": _("This document"), "tags": ["me"],
            "responses": {"200": _content("OpenAPI 3.1", {"type": "object"}), **default},
        }),
        ("/changes/{id}", "get", {
            "operationId": "changes.read", "summary": _("What one change set did"), "tags": ["changes"],
            "parameters": [change],
            "responses": {"200": _content(_("The change set."), _ref("ChangeSet")), **default},
        }),
        ("/changes/{id}/undo", "post", {
            "operationId": "changes.undo", "summary": _("Take a change set back"), "tags": ["changes"],
            "parameters": [change],
            "requestBody": {"required": False, "content": {"application/json": {"schema": force}}},
            "responses": {
                "200": _content(_("What went back and what was left."), _ref("Undone")),
                "202": _content(_("A large one is taken back in the background."), _ref("Undone")),
                **default,
            },
        }),
    ]  # fmt: skip


def _responses() -> Json:
    return {"Problem": {
        "description": _("It was refused, and why."),
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }}  # fmt: skip


def _parameters() -> Json:
    def query(name: str, text: str, schema: Json, place: str = "query") -> Json:
        return {"name": name, "in": place, "description": text, "schema": schema}

    text: Json = {"type": "string"}
    number: Json = {"type": "integer", "minimum": 1}
    return {
        "ref": query("ref", _("Id, reference (OPP-000123), or system:id of another system."), text, "path")
        | {"required": True},
        "filter": query("filter", _("In the filter language of lists: status = open and amount >= 1000."), text),
        "view": query("view", _("Id of a saved view: its filter and its order."), text),
        "order": query("order", _("A field, with “-” for downwards; “id” and “-id” always."), text),
        "fields": query("fields", _("Names with commas between them; of related records too."), text),
        "limit": query("limit", _("Records of a page."), number | {"maximum": 1000, "default": 100}),
        "after": query("after", _("“next” of the page before."), text),
        "before": query("before", _("“previous” of the page after."), text),
        "count": query("count", _("Count the records, up to 10,000."), {"type": "string", "enum": ["true", "false"]}),
        "version": query("version", _("Version that was seen; other fields may have changed since."), number),
        "if_match": query("If-Match", _("ETag that was seen; nothing may have changed since."), text, "header"),
        "if_none_match": query("If-None-Match", _("ETag that is known already."), text, "header"),
        "idempotency_key": query(
            "Idempotency-Key", _("The same key does its work once."), text | {"maxLength": 255}, "header"
        ),
    }


def _headers() -> Json:
    return {
        "ETag": {"description": _("The version of the record."), "schema": {"type": "string"}},
        "Change-Set": {"description": _("Id by which it can be undone."), "schema": {"type": "string"}},
    }
