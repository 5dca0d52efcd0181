"""What language models look up: types, records, lists, search, figures; each with the reader's rights and sight."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst

from coordina.api import naming, openapi
from coordina.api.lists import listed, parent_of
from coordina.api.operations import Does, table
from coordina.api.problems import Problem
from coordina.api.reading import names_in, read_rows, usual
from coordina.api.schemas import input_name, name_of
from coordina.api.visitors import Visitor
from coordina.core.metrics import DIMENSIONS, METRICS
from coordina.core.prepared import one
from coordina.core.refusals import NotFound
from coordina.core.types import TYPES, RecordType
from coordina.insights.figures import breakdown, figure, open_to
from coordina.insights.periods import Period
from coordina.records.search.find import search

type Json = dict[str, Any]
USUAL, MOST = 20, 100
"""Records of one answer."""


def readable_types(visitor: Visitor) -> list[RecordType]:
    """The types of which the visitor may see any record with this token."""
    seen = (known for known in TYPES if visitor.user.may(known.model.view_permission()))
    return [known for known in seen if visitor.bearer.covers(known.name)]


def type_for(visitor: Visitor, name: str) -> RecordType:
    """A type by its name or address.

    Raises:
        Problem: Where there is none that the visitor may read.
    """
    for known in readable_types(visitor):
        if name in (known.name, known.url):
            return known
    raise Problem("type", "There is no such type for you. list_types names those there are.", status=404)


def list_types(visitor: Visitor, given: Json) -> Json:
    """The types and what they are called."""
    kinds = readable_types(visitor)
    return {"types": [{"type": t.url, "label": capfirst(str(t.plural)), "part_of": t.within} for t in kinds]}


def describe_type(visitor: Visitor, given: Json) -> Json:
    """Fields of a type and the operations on it, with what each takes."""
    known = type_for(visitor, given["type"])
    document = openapi.document(visitor.user)
    schemas = document["components"]["schemas"]
    operations = [
        {
            "operation": each.name,
            "summary": openapi.summary_of(each),
            "about_one_record": "{ref}" in each.path,
            "needs_confirmation": not each.declared.undoable,
            "input": schemas[input_name(each.declared)] if each.does is not Does.DELETE else {},
        }
        for each in table().by_name.values()
        if each.known is known and each.declared is not None and not each.does.many
        and each.declared.open_to(visitor.user) and visitor.bearer.writes
    ]  # fmt: skip
    return {"type": known.url, "part_of": known.within, "record": schemas[name_of(known)], "operations": operations}


def search_records(visitor: Visitor, given: Json) -> Json:
    """Records by words."""
    kinds = [type_for(visitor, given["type"])] if given.get("type") else readable_types(visitor)
    found = search(given["query"], visitor.user, only=kinds, limit=min(given.get("limit", USUAL), MOST))
    hits = [
        {"type": hit.type.url, "id": hit.pk, "title": hit.title, "url": url_of(hit.type, hit.pk)} for hit in found.hits
    ]
    return {"hits": hits, "similar_only": found.near}


def url_of(known: RecordType, pk: int) -> str:
    """The page of a record, for people."""
    return "" if known.within else settings.BASE_URL + reverse("web:detail", args=(known.url, pk))


def list_records(visitor: Visitor, given: Json) -> Json:
    """One page of a list."""
    known = type_for(visitor, given["type"])
    asked = {n: str(given[n]) for n in ("filter", "view", "order", "after") if given.get(n) not in (None, "")}
    asked["limit"] = str(min(given.get("limit", USUAL), MOST))
    if given.get("fields"):
        asked["fields"] = ",".join(given["fields"])
    if given.get("count"):
        asked["count"] = "true"
    if known.within and given.get("part_of") is not None:
        asked[parent_of(known)] = str(given["part_of"])
    return listed(visitor, known, asked)


def get_record(visitor: Visitor, given: Json) -> Json:
    """One record with its fields."""
    known = type_for(visitor, given["type"])
    row = row_of(visitor, known, naming.find(known.model, str(given["ref"]), visitor.user), given.get("fields"))
    if row is None:
        raise NotFound
    return row


def row_of(visitor: Visitor, known: RecordType, pk: int, fields: list[str] | None = None) -> Json | None:
    """A record as JSON with the address of its page; None where the visitor does not see it."""
    if one(known.model, pk, visitor.user) is None:
        return None
    names = names_in(known, ",".join(fields), visitor.user) if fields else usual(known, visitor.user)
    rows = read_rows(known, [pk], names, visitor.user, visitor.currency)
    return {**rows[0], "url": url_of(known, pk)} if rows else None


def list_figures(visitor: Visitor, given: Json) -> Json:
    """The figures there are, with what they can be broken down by."""
    kinds = {known.name for known in readable_types(visitor)}
    shown = [m for m in METRICS if m.of in kinds and open_to(m, visitor.user)]
    return {
        "figures": [
            {
                "figure": metric.name,
                "label": str(metric.label),
                "unit": metric.unit.value,
                "of": metric.of,
                "formula": str(metric.source),
                "of_a_period": bool(metric.time),
                "by": [d.name for d in DIMENSIONS if d.of == metric.of and open_to(metric, visitor.user, d.name)],
            }
            for metric in shown
        ]
    }


def get_figure(visitor: Visitor, given: Json) -> Json:
    """A figure, whole or broken down.

    Raises:
        Problem: For a figure, a dimension or a day that is none.
    """
    metric = METRICS.get(given["figure"])
    if metric is None or metric.of not in {known.name for known in readable_types(visitor)}:
        raise Problem("figure", "There is no such figure for you. list_figures names those there are.", status=404)
    by = given.get("by", "")
    if by and (by not in DIMENSIONS or DIMENSIONS[by].of != metric.of):
        raise Problem("figure", "It cannot be broken down by that.")
    period = Period("asked", "", _day(given.get("from")), _day(given.get("until")))
    narrowed = given.get("filter", "")
    found = figure(metric.name, visitor.asker, narrowed=narrowed, period=period)
    said: Json = {"figure": metric.name, "label": str(metric.label), "unit": metric.unit.value, "value": found.value}
    said |= {"currency": visitor.currency} if metric.unit.value == "money" else {}
    if by:
        slices = breakdown(metric.name, by, visitor.asker, narrowed=narrowed, period=period, most=MOST)
        said["by"] = [{"label": each.label, "value": each.value} for each in slices]
    return {**said, "records": settings.BASE_URL + found.url}


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("day", "Write days as 2026-11-24.") from None
