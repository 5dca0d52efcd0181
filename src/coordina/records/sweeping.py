"""Bytes that no row names: an upload whose request was cut off, a transaction that was rolled back, a killed worker.

They go a day after they were written, when no ticket for them is valid any more. Deleted files that undo could bring
back are named by the ledger, and stay.
"""

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordina.core.database import oldest_write
from coordina.core.storing.areas import FILES, IMPORTS, Area
from coordina.core.storing.folder import PART
from coordina.core.storing.stores import SCRATCH
from coordina.ledger.entries import unpack
from coordina.ledger.models.changes import Batch, Change
from coordina.records.files import HOURS_TO_ATTACH, NAMED, is_ours
from coordina.records.importing.files import stem_of
from coordina.records.models import ImportRun

OLD = dt.timedelta(hours=HOURS_TO_ATTACH + 1)
"""Age from which bytes wait for nobody; the hour is for clocks that differ."""
AT_ONCE = 500
_IMPORT = re.compile(r"[A-Za-z0-9_-]{24}(\.table|\.errors)?\.csv(\.part)?")


def sweep() -> int:
    """Remove what nobody names; gives how many files. Raises FilesAway."""
    limit = timezone.now() - OLD
    old = {area: [each.name for each in area.entries() if each.written_at < limit] for area in (FILES, IMPORTS)}
    kept = [name for name in old[FILES] if is_ours(name)]
    brought = [name for name in old[IMPORTS] if _IMPORT.fullmatch(name)]
    gone = [FILES.at(name) for name in _unnamed(kept, limit)] + [IMPORTS.at(name) for name in _left(brought, limit)]
    for place in gone:
        place.remove(burn=True)
    _clear(Path(settings.DATA_DIR), limit)
    return len(gone)


def _unnamed(names: list[str], limit: dt.datetime) -> list[str]:
    """Files that neither a row nor the ledger names, and no transaction that is still open can."""
    left = set(names) - _in_rows(names)
    if left:
        left -= set(_on_ledger())
    return _settled(FILES, left, limit)


def _in_rows(names: Iterable[str]) -> set[str]:
    """Those that a row names now."""
    found: set[str] = set()
    for part in batched(names, AT_ONCE):
        for model, column in NAMED.items():
            found |= set(model._base_manager.filter(**{f"{column}__in": part}).values_list(column, flat=True))
    return found


def _left(names: list[str], limit: dt.datetime) -> list[str]:
    """Files of imports that no run names."""
    return _settled(IMPORTS, set(names), limit)


def _settled(area: Area, names: set[str], limit: dt.datetime) -> list[str]:
    """Those that no transaction names which began before their ticket ended and is open yet."""
    if not names:
        return []
    began = oldest_write()
    if began is not None and began - OLD < limit:
        written = {each.name: each.written_at for each in area.entries() if each.name in names}
        names = {name for name, at in written.items() if at < began - OLD}
    with transaction.atomic():  # on SQLite nobody else writes meanwhile, so what is not there now never comes
        if area is FILES:
            names -= _in_rows(sorted(names))
        else:
            runs = {stem_of(path) for path in ImportRun.objects.exclude(path="").values_list("path", flat=True)}
            names = {name for name in names if stem_of(name.removesuffix(PART)) not in runs}
    return sorted(names)


def _on_ledger() -> Iterator[str]:
    """Files of rows that were deleted and may come back."""
    for model, column in NAMED.items():
        label = model._meta.label
        for kind, delta in Change.objects.filter(model=label).exclude(kind="c").values_list("kind", "delta").iterator():
            yield from _before(kind, json.loads(delta), column)
        for batch in Batch.objects.filter(model=label).iterator(chunk_size=10):
            for written in unpack(batch):
                yield from _before(written.kind, written.delta, column)


def _before(kind: str, delta: dict[str, Any], column: str) -> Iterator[str]:
    """What a row named before it was deleted, or named something else: undo and redo may name it again."""
    value = delta.get(column)
    if kind != "c":
        yield from (str(each) for each in (value if kind == "u" else [value]) or () if each)


def _clear(folder: Path, limit: dt.datetime) -> None:
    """Remove what a killed worker was writing for the bucket."""
    for left in folder.glob(f"{SCRATCH}*"):
        if left.stat().st_mtime < limit.timestamp():
            shutil.rmtree(left, ignore_errors=True)
            left.unlink(missing_ok=True)
