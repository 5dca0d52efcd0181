"""The OpenAPI document for people: its operations by kind, each with what it takes and an example that works."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.api import schemas
from coordina.api.beside import BESIDE
from coordina.core.refusals import Text
from coordina.core.types import by_url

type Json = dict[str, Any]

PROBLEMS: tuple[tuple[str, int, Text], ...] = (
    ("token", 401, gettext_lazy("No token, or one that works no more: ended, too old, or its person has no access.")),
    ("factor", 403, gettext_lazy("The role of the token's person needs a second factor, and they have none yet.")),
    ("scope", 403, gettext_lazy("The token may only read, or is for other kinds of records.")),
    ("forbidden", 403, gettext_lazy("The role of the person does not allow it.")),
    ("not_found", 404, gettext_lazy("It does not exist, or the person may not see it: both alike.")),
    ("method", 405, gettext_lazy("The address does not know the method; “Allow” says which it knows.")),
    ("filter", 400, gettext_lazy("A filter, an order, a field or a mark that makes no sense; “position” says where.")),
    ("parameter", 400, gettext_lazy("A parameter that there is not, or a value that it cannot have.")),
    ("json", 400, gettext_lazy("The body is no JSON, or not of the shape that is asked for.")),
    ("invalid", 422, gettext_lazy("Some fields are wrong; “errors” points to them.")),
    ("conflict", 409, gettext_lazy("Somebody changed the same fields meanwhile; “differs” says which.")),
    ("precondition", 412, gettext_lazy("The record is of another version than “If-Match” says; “differs” says how.")),
    ("state", 409, gettext_lazy("The record is in a state in which this cannot be done.")),
    ("held", 409, gettext_lazy("Other records refer to it.")),
    ("key_reused", 422, gettext_lazy("The idempotency key stood for another request before.")),
    ("not_done", 409, gettext_lazy("A row of many was left alone, because another one was refused.")),
    ("rate_limit", 429, gettext_lazy("Too many requests; “Retry-After” says when to go on.")),
    ("unavailable", 503, gettext_lazy("The database is away for a moment; “Retry-After” says when to try again.")),
    ("fault", 500, gettext_lazy("A fault of ours; trying again may help.")),
)  # fmt: skip
"""Codes of problems with their status, and what they mean."""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of record, as the list beside the page shows it."""

    tag: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a body or a record."""

    name: str
    kind: str
    text: str
    required: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One operation as the page shows it.

    Attributes:
        name: Its stable name.
        method, path: Where it is.
        members: What its body takes.
        example: A command line that calls it.
    """

    name: str
    method: str
    path: str
    title: str
    text: str
    parameters: tuple[Member, ...]
    members: tuple[Member, ...]
    example: str


def groups(document: Json) -> list[Group]:
    """The kinds of records, in the order of the document."""
    labels = {tag["name"]: tag["description"] for tag in document["tags"]}
    counts: dict[str, int] = {}
    for _path, _method, said in _every(document):
        counts[said["tags"][0]] = counts.get(said["tags"][0], 0) + 1
    labels |= {"me": _("The token"), "changes": _("Change sets"), "actions": _("Actions on any record")}
    labels |= {name: str(beside.label) for name, beside in BESIDE.items() if beside.label}
    found = [Group(tag, labels.get(tag, tag), count) for tag, count in counts.items()]
    return sorted(found, key=lambda group: _rank(group.tag))


def _rank(tag: str) -> int:
    """Where a kind stands: what people work with, then what hangs on it, then the settings."""
    known = by_url(tag)
    if known is None:
        return 0 if tag in ("me", "changes") else 2
    if known.setting:
        return 4
    return 3 if known.within else 2 if hasattr(known.model, "condition") else 1


def operations(document: Json, tag: str) -> list[Explained]:
    """The operations of one kind."""
    return [_explained(document, *each) for each in _every(document) if each[2]["tags"][0] == tag]


def fields_of(document: Json, tag: str) -> list[Member]:
    """The members of a record of one kind; none for what is no record."""
    known = by_url(tag)
    schema = document["components"]["schemas"].get(schemas.name_of(known)) if known is not None else None
    return list(_members(schema)) if schema else []


def _every(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield path, method.upper(), said


def _explained(document: Json, path: str, method: str, said: Json) -> Explained:
    content = said.get("requestBody", {}).get("content", {})
    parts: list[Json] = list(content.values())
    body = parts[0].get("schema", {}) if parts else {}
    schema = _followed(document, body)
    shared = document["components"]["parameters"]
    parameters = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in said.get("parameters", ())]
    return Explained(
        said["operationId"],
        method,
        path,
        said["summary"],
        said.get("description", ""),
        tuple(_parameter(p) for p in parameters),
        tuple(_members(schema)),
        _example(method, path, schema, document, form="multipart/form-data" in content),
    )


def _followed(document: Json, schema: Json) -> Json:
    """A schema where another one is named."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found


def _parameter(said: Json) -> Member:
    return Member(said["name"], said["in"], said.get("description", ""), bool(said.get("required")))


def _members(schema: Mapping[str, Any]) -> Iterator[Member]:
    needed = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        text = part.get("description") or part.get("title") or ""
        yield Member(name, _kind(part), str(text), name in needed)


def _kind(part: Mapping[str, Any]) -> str:
    """The type of a member in few words, as JSON calls it."""
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    options = part.get("anyOf") or part.get("oneOf")
    if options:
        return " | ".join(dict.fromkeys(_kind(each) for each in options))
    if "enum" in part:
        return " | ".join(str(value) for value in part["enum"] if value not in ("", None))
    if "const" in part:
        return str(part["const"])
    kind = part.get("type", "")
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} ({part['format']})" if part.get("format") else words


def _example(method: str, path: str, schema: Json, document: Json, *, form: bool = False) -> str:
    """A command line that calls an operation; a form brings a file."""
    url = "$COORDINA/api/v1" + path.replace("{ref}", "12").replace("{id}", "12")
    parts = ['curl -H "Authorization: Bearer $TOKEN"']
    if form:
        parts.append("-F file=@offer.pdf")
    elif method != "GET":
        parts.append(f"-X {method}")
    if not form and (body := _sample(schema, document)):
        parts += ['-H "Content-Type: application/json"', f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join([*parts, url])


def _sample(schema: Json, document: Json) -> Json:
    """What a body could be: its required members, or the first one."""
    properties = schema.get("properties", {})
    wanted = list(schema.get("required", ())) or list(properties)[:1]
    return {name: _value(name, properties[name], document) for name in wanted if name in properties}


def _value(name: str, part: Json, document: Json) -> Any:
    """A value that a member could have."""
    for option in part.get("anyOf") or part.get("oneOf") or ():
        if option.get("type") != "null":
            return _value(name, option, document)
    if "$ref" in part:
        return _sample(_followed(document, part), document)
    if part.get("enum"):
        return part["enum"][0]
    if part.get("type") == "array":
        items = _followed(document, part.get("items", {}))
        if "allOf" in items:
            return [{"id": 12}]
        return [_sample(items, document)] if items.get("properties") else ["…"]
    samples = {"integer": 12, "number": "12.50", "boolean": True, "object": {}}
    formats = {"date": "2026-12-01", "date-time": "2026-12-01T10:00:00Z"}
    return formats.get(part.get("format", "")) or samples.get(str(part.get("type")), "…")
