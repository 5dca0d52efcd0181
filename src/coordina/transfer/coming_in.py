"""Reading an archive into an empty system: all of it in one transaction, or nothing."""

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction

from coordina.accounts.models import Organization
from coordina.core.changes import unrecorded
from coordina.core.inserting import insert_tuples, roomy
from coordina.core.records import Record
from coordina.core.storing.areas import Stored
from coordina.customers.models import Suppression
from coordina.ledger.entries import type_id
from coordina.ledger.models import Batch, BatchEntry, ChangeSet
from coordina.transfer.going_out import AREAS, Tell, after, key_mark, migrations, silent
from coordina.transfer.numbers import go_on_from
from coordina.transfer.opening import Opened, Refused
from coordina.transfer.tables import HEAVY, Column, Table, every_model, tables

AT_ONCE = 1000


def check_archive(source: Opened, *, other_key: bool) -> None:
    """Look at all that an archive says and holds before anything is written.

    Args:
        other_key: Take it although it was made under another SECRET_KEY.

    Raises:
        Refused: It is damaged, of another version, or of another key.
    """
    known = {table.label for table in tables()}
    strange = sorted(source.manifest["rows"].keys() - known)
    if strange:
        raise Refused(f"The archive holds tables that are unknown here: {', '.join(strange[:5])} (see COORDINA_ROOMS).")
    if source.manifest["migrations"] != migrations(DEFAULT_DB_ALIAS):
        made = f"The archive was made by Coordina {source.manifest['coordina']} with tables of another form"
        raise Refused(f"{made}: read it with that version, then update.")
    missing = sorted(f"data/{label}.jsonl" for label in known if f"data/{label}.jsonl" not in source.members)
    if missing:
        raise Refused(f"The archive lacks {', '.join(missing[:5])}: nothing was read.")
    suppressed = source.manifest["rows"].get(Suppression._meta.label, 0)
    if suppressed and source.manifest.get("key") != key_mark() and not other_key:
        raise Refused(
            f"The archive was made under another SECRET_KEY, by which {suppressed} addresses that must not be written "
            "to are recognised: set SECRET_KEY (or secret.key in the data folder) to that one, or add --other-key and "
            "they are not recognised any more."
        )


def is_empty() -> bool:
    """Whether the system holds nothing: no record, and nothing on the ledger."""
    if ChangeSet.objects.exists():
        return False
    return not any(m._base_manager.exists() for m, _said in every_model() if issubclass(m, Record))


def refuse_unless_empty() -> None:
    """Raise Refused where somebody works already."""
    if not is_empty():
        company = Organization.objects.order_by("pk").values_list("name", flat=True).first()
        raise Refused(
            f"This system is not empty (it holds {company or 'records'}): an archive is read into a new one only."
        )


def bring_in(source: Opened, tell: Tell = silent) -> dict[str, int]:
    """Write all that an archive holds; gives the rows of each table.

    Args:
        source: Checked by `check_archive`.
        tell: Told how many rows are done, and of how many.

    Raises:
        Refused: The system is not empty, or the archive contradicts itself; nothing is kept then.
    """
    total = sum(source.manifest["rows"].values())
    counts: dict[str, int] = {}
    written = _write_files(source)
    try:
        with roomy(), transaction.atomic(), unrecorded("an archive of everything, with its own ledger"):
            refuse_unless_empty()
            _sweep()
            for table in tables():
                counts[table.label] = _load(table, source, after(tell, sum(counts.values()), total))
            if counts != source.manifest["rows"]:
                raise Refused("The archive holds other rows than its manifest says: nothing was read.")
            go_on_from(source.manifest["next_ids"], DEFAULT_DB_ALIAS)
            connection.check_constraints()
    except BaseException as fault:
        for place in written:
            place.remove()
        if isinstance(fault, DatabaseError):
            raise Refused(
                f"The database refused what the archive holds ({_first_line(fault)}): nothing was read."
            ) from fault
        raise
    return counts


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]


def _sweep() -> None:
    """Empty the tables of the machine: what stands there was written by starting up."""
    with connection.cursor() as cursor:
        for model, _said in every_model():
            if model is not ContentType:
                cursor.execute(" ".join(["DELETE FROM", connection.ops.quote_name(model._meta.db_table)]))


def count_anew() -> None:
    """Let the database look at its tables, so that it asks them in a good order."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _load(table: Table, source: Opened, tell: Callable[[int], None]) -> int:
    """Write the rows of one table; gives how many."""
    ready = [(column.name, _prepared(column)) for column in table.columns]
    names = [str(column.field.column) for column in table.columns]
    heavy = any(isinstance(column.field, models.BinaryField) for column in table.columns)
    count = 0
    for part in batched(source.rows(table.member), HEAVY if heavy else AT_ONCE):
        _insert(table.model, names, [_row(row, ready, table.member) for row in part])
        if table.model is Batch:
            _index(part)
        count += len(part)
        tell(count)
    return count


def _row(row: Mapping[str, Any], ready: Sequence[tuple[str, Any]], member: str) -> tuple[Any, ...]:
    if len(row) != len(ready):
        raise Refused(f"A row of {member} has other columns than its table: nothing was read.")
    try:
        return tuple(row[name] if way is None or row[name] is None else way(row[name]) for name, way in ready)
    except (KeyError, ValueError, TypeError, ArithmeticError, ValidationError) as fault:
        raise Refused(f"A row of {member} cannot be read ({fault}): nothing was read.") from fault


def _prepared(column: Column) -> Callable[[Any], Any] | None:
    """From the value in a line to what the database takes; None where that is the same."""
    field, back = column.field, column.back
    if column.out is None and field.__class__.__module__.startswith("django.db.models"):
        return None
    return lambda value: field.get_db_prep_save(value if back is None else back(value), connection)


def _insert(model: type[models.Model], names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    insert_tuples(model, names, rows, DEFAULT_DB_ALIAS)


def _index(batches: Iterable[Mapping[str, Any]]) -> None:
    """The thin index by which histories find entries inside batches."""
    rows: list[tuple[int, str, int, int]] = []
    for batch in batches:
        number = type_id(str(batch["model"]))
        rows += [(batch["id"], kind, number, pk) for pk, kind in _heads(base64.b64decode(batch["data"]))]
    insert_tuples(BatchEntry, ("batch_id", "kind", "type_id", "object_id"), rows, DEFAULT_DB_ALIAS)


def _heads(data: bytes) -> Iterator[tuple[int, str]]:
    """Id and kind of each line of a batch, without reading the rest."""
    try:
        for line in zlib.decompress(data).split(b"\n"):
            pk, kind = json.loads(b"[%s]" % b",".join(line[1:].split(b",", 2)[:2]))
            yield pk, kind
    except (zlib.error, ValueError) as fault:
        raise Refused(f"A batch of the ledger cannot be read ({fault}): nothing was read.") from fault


def _write_files(source: Opened) -> list[Stored]:
    """Write the bytes that people keep; gives what was written."""
    areas, written = {area.name: area for area in AREAS}, []
    for name in source.members:
        top, _slash, rest = name.partition("/")
        if top in areas:
            place = areas[top].at(rest)
            place.remove()  # by an import that was cut off
            written.append(place)
            place.write(source.blocks(name))
    return written


def holds_files() -> bool:
    """Whether the areas of files hold any."""
    return any(True for area in AREAS for _entry in area.entries())


def data_folder() -> Path:
    """Where files and database of the company are."""
    return Path(settings.DATA_DIR)
