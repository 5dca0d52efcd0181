"""Rows straight into the tables, with ledger entries and search rows: what the writers do, without the objects."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Max

from coordina.core.changes import BATCH, unrecorded
from coordina.core.images import encode
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.ledger.entries import pack, type_id
from coordina.ledger.models import Batch, BatchEntry, ChangeSet
from coordina.records.models import SearchRow
from coordina.records.search.index import texts

PLAIN = frozenset({str, int, bool})
"""Types that database and ledger take as they are."""
KNOWN = 20_000
"""Prepared values kept at most."""

type Row = tuple[tuple[Any, ...], list[Any]]
"""Values as the database takes them, and the ledger entry: id, `c`, the image."""


class Sower[M: Record]:
    """Makes rows of one model: given values over the defaults of its fields.

    Args:
        model: The record class.
    """

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.fields: dict[str, Any] = {f.attname: f for f in model._meta.concrete_fields}
        blank = model()
        plain = {name: getattr(blank, name) for name in self.fields}
        self._image = {name: encode(value) for name, value in plain.items()}
        self._stored = {name: self._prepared(name, value) for name, value in plain.items()}
        self._known: dict[tuple[str, Any], tuple[Any, Any]] = {}
        self.last = int(model._base_manager.aggregate(last=Max("pk"))["last"] or 0)

    def _prepared(self, name: str, value: Any) -> Any:
        return None if value is None else self.fields[name].get_db_prep_save(value, connection)

    def _both(self, name: str, value: Any) -> tuple[Any, Any]:
        """A value as the database takes it and as the ledger keeps it; days and moments come again and again."""
        known = self._known.get((name, value))
        if known is None:
            if len(self._known) > KNOWN:
                self._known.clear()
            known = self._known[name, value] = (self._prepared(name, value), encode(value))
        return known

    def row(self, at: datetime, values: dict[str, Any]) -> Row:
        """The next row, made at a moment.

        Args:
            at: When it is written.
            values: By attribute name, in the shape that `settle` would give them.
        """
        self.last += 1
        image, stored = dict(self._image), dict(self._stored)
        for name, value in (("id", self.last), ("created_at", at), ("changed_at", at), *values.items()):
            if value is None or value.__class__ in PLAIN:
                image[name] = stored[name] = value
            elif value.__class__ is dict:
                image[name], stored[name] = value, self._prepared(name, value)
            else:
                stored[name], image[name] = self._both(name, value)
        return tuple(stored.values()), [self.last, "c", image]


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write plain rows: COPY on PostgreSQL, executemany on SQLite."""
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


@contextmanager
def sowing() -> Iterator[None]:
    """Let record tables be written without the writers; afterwards the database knows which ids were given."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-262144")
    with unrecorded("rows for measuring, whose ledger is written beside them"):
        yield


def write(sower: Sower[Any], rows: Sequence[Row], change_set: ChangeSet) -> None:
    """Write rows and their entries as one write of a change set, in batches as bulk work leaves them."""
    insert(sower.model, [f.column for f in sower.fields.values()], [stored for stored, _entry in rows])
    number, label = type_id(sower.model._meta.label), sower.model._meta.label
    for start in range(0, len(rows), BATCH):
        change_set.seq += 1
        part = [entry for _stored, entry in rows[start : start + BATCH]]
        data = pack(part)
        batch = Batch.objects.create(change_set=change_set, model=label, size=len(part), seq=change_set.seq, data=data)
        index = [(batch.pk, "c", number, entry[0]) for entry in part]
        insert(BatchEntry, ("batch_id", "kind", "type_id", "object_id"), index)


def make_findable(sower: Sower[Any], rows: Iterable[Row]) -> None:
    """Write the search rows of new records, with the words that the index itself gives them."""
    keys = [entry[0] for _stored, entry in rows]
    number = type_id(sower.model._meta.label)
    found = [(number, *text) for text in texts(type_of(sower.model), keys)]
    insert(SearchRow, ("type_id", "object_id", "title", "words"), found)


def settle_ids(*tables: type[models.Model]) -> None:
    """Bring the counters of ids behind the ids that were given; SQLite needs none."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST((SELECT MAX(id) FROM {table}), 1))"
            )
