"""The ledger read back from nothing: what every record table must hold if the ledger tells the whole truth."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from coordina.core.images import image
from coordina.core.records import Record
from coordina.ledger.entries import unpack
from coordina.ledger.models import Batch, Change

STAMPS = ("created_at", "changed_at")
"""Times of change sets, not of business."""

type Key = tuple[str, int]
_READS = re.compile(r"\s*(SELECT|EXPLAIN|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)


def written() -> Iterator[tuple[str, int, str, dict[str, Any]]]:
    """Every entry of the ledger: model, id, kind, delta."""
    for row in Change.objects.order_by("pk").iterator():
        yield row.model, row.object_id, row.kind, json.loads(row.delta)
    for batch in Batch.objects.order_by("pk").iterator():
        for one in unpack(batch):
            yield one.model, one.pk, one.kind, one.delta


def _order(entry: tuple[str, dict[str, Any]]) -> tuple[int, int]:
    """By version; a row of a version is there before it is deleted."""
    kind, delta = entry
    version = delta["version"][1] if kind == "u" else delta["version"]
    return version, "cud".index(kind)


def replayed() -> tuple[dict[Key, dict[str, Any]], list[str]]:
    """The rows that the ledger leads to, and where its own chain of before and after breaks."""
    by_row: dict[Key, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for label, pk, kind, delta in written():
        by_row[label, pk].append((kind, delta))
    rows: dict[Key, dict[str, Any]] = {}
    broken: list[str] = []
    for key, entries in by_row.items():
        now: dict[str, Any] | None = None
        for kind, delta in sorted(entries, key=_order):
            if (kind == "c") != (now is None):
                broken.append(f"{key}: {kind} at {'nothing' if now is None else 'a row'}")
            if kind == "c":
                now = dict(delta)
            elif kind == "d":
                broken += _differences(key, now or {}, delta)
                now = None
            else:
                now = now or {}
                broken += _differences(key, now, {name: pair[0] for name, pair in delta.items()})
                now |= {name: pair[1] for name, pair in delta.items()}
        if now is not None:
            rows[key] = now
    return rows, broken


def _differences(key: Key, one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [
        f"{key}.{name}: {one.get(name)!r} ≠ {value!r}"
        for name, value in other.items()
        if name not in STAMPS and one.get(name) != value
    ]


def stored() -> dict[Key, dict[str, Any]]:
    """Every record as the tables hold it."""
    found: dict[Key, dict[str, Any]] = {}
    for model in apps.get_models():
        if issubclass(model, Record):
            for row in model._base_manager.order_by("pk").iterator():
                found[model._meta.label, row.pk] = image(row)
    return found


@contextmanager
def touching_records() -> Iterator[list[str]]:
    """The statements that may have written a table of records, as they come: where none came, no record changed.

    Any statement that is not plainly a read counts as soon as it names such a table, also one that is rolled back.
    """
    tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, Record)}
    found: list[str] = []

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        if not _READS.match(text) and any(word in tables for word in re.findall(r"\w+", text)):
            found.append(text)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def lies() -> list[str]:
    """Where tables and ledger differ; empty when the ledger tells the truth."""
    told, broken = replayed()
    real = stored()
    missing = [f"{key} is not on the ledger" for key in real.keys() - told.keys()]
    extra = [f"{key} is on the ledger only" for key in told.keys() - real.keys()]
    apart = [text for key in real.keys() & told.keys() for text in _differences(key, told[key], real[key])]
    return [*broken, *missing, *extra, *apart]
