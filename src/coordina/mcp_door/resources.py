"""Records, saved views and figures as resources that a program can put before a model by itself."""

from typing import Any
from urllib.parse import unquote

from pydantic_core import to_json

from coordina.api.visitors import Visitor
from coordina.core.refusals import NotFound
from coordina.mcp_door import looking
from coordina.records.saved_views import views_for

type Json = dict[str, Any]
SCHEME = "coordina://"
JSON = "application/json"


def listed(visitor: Visitor) -> list[Json]:
    """What there is to read without knowing an id: types, figures, saved views."""
    found = [_one("types", "Types of records"), _one("figures", "Figures")]
    for known in looking.readable_types(visitor):
        views = views_for(visitor.user, known).views
        found += [_one(f"{known.url}/views/{view.pk}", f"{known.plural}: {view.name}") for view in views]
    return found


def _one(path: str, name: str) -> Json:
    return {"uri": SCHEME + path, "name": name, "mimeType": JSON}


def templates(visitor: Visitor) -> list[Json]:
    """How addresses of records, views and figures are made."""
    return [
        {"uriTemplate": f"{SCHEME}{path}", "name": name, "mimeType": JSON}
        for path, name in (
            ("{type}/{ref}", "A record"),
            ("{type}/views/{view}", "The records of a saved view"),
            ("figures/{figure}", "A figure"),
        )
    ]


def read(params: Json, visitor: Visitor) -> Json:
    """What stands at an address.

    Raises:
        NotFound: Where there is nothing for the visitor.
    """
    uri = params.get("uri")
    if not isinstance(uri, str) or not uri.startswith(SCHEME) or len(uri) > 500:
        raise NotFound
    said = _at([unquote(part) for part in uri.removeprefix(SCHEME).split("/")], visitor)
    return {"contents": [{"uri": uri, "mimeType": JSON, "text": to_json(said).decode()}]}


def _at(parts: list[str], visitor: Visitor) -> Json:
    match parts:
        case ["types"]:
            return looking.list_types(visitor, {})
        case ["figures"]:
            return looking.list_figures(visitor, {})
        case ["figures", name]:
            return looking.get_figure(visitor, {"figure": name})
        case [kind, "views", view]:
            return looking.list_records(visitor, {"type": kind, "view": view})
        case [kind, ref]:
            return looking.get_record(visitor, {"type": kind, "ref": ref})
    raise NotFound
