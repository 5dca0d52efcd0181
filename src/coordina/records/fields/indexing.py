"""Indexes under filters and sorting by added fields, made and dropped while everybody works.

Kinds with an order get one index by value and id: it serves ranges and sorting. Kinds with few values get one by value
and last change: it serves an equal value in the usual order of lists. A list of options gets one small index for each
option, over the records that have it. On PostgreSQL they are made concurrently; on SQLite the write lock is held for
the time of one index, some seconds at a million rows.
"""

from typing import Any

from django.db import connection
from django.db.models import F, Index, Q
from django.db.models.expressions import OrderBy

from coordina.core.indexes import analyse, drop_index, json_index, make_index, names_of
from coordina.core.jsonpath import JsonHas
from coordina.core.jsonvalues import class_of
from coordina.core.types import TYPES, Kind
from coordina.records.fields.building import ORDERED
from coordina.records.models import CustomField


def indexes_of(row: CustomField) -> dict[str, Index]:
    """The indexes a field needs, by name; names stay below the 30 characters Django allows."""
    kind = Kind(row.kind)
    base = f"cf{row.pk}_{kind.value}"
    if kind in ORDERED:
        value = class_of(kind)("custom", row.slug)
        return {base: json_index(value, name=base, vendor=connection.vendor)}
    newest = (OrderBy(F("changed_at"), descending=True), OrderBy(F("id"), descending=True))
    if kind is Kind.CHOICES:
        found = {}
        for number, choice in enumerate(row.choices):
            name = f"cf{row.pk}_{number}_{choice['key'][:8]}"[:30]
            found[name] = Index(*newest, name=name, condition=Q(JsonHas(F("custom"), row.slug, choice["key"])))
        return found
    last: dict[str, Any] = {"nulls_last": True} if connection.vendor == "postgresql" else {}
    return {base: Index(OrderBy(class_of(kind)("custom", row.slug), **last), *newest, name=base)}


def make(row: CustomField) -> list[str]:
    """Make the indexes that are missing, and drop those that are not needed any more.

    Returns:
        Names of what there is now.
    """
    model = TYPES[row.noun].model
    wanted = indexes_of(row) if row.indexed and not row.archived else {}
    here = names_of(model, f"cf{row.pk}_")
    for name in here - wanted.keys():
        drop_index(name)
    for name in wanted.keys() - here:
        make_index(model, wanted[name])
    if wanted.keys() - here:
        analyse(model)
    return sorted(wanted)
