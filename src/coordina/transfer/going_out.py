"""Writing the archive: every table as of one moment, then the files that it names."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

import coordina
from coordina.core.storing.areas import FILES, IMPORTS, Area
from coordina.transfer.numbers import next_ids
from coordina.transfer.packing import Packing, packing
from coordina.transfer.sheets import sheets
from coordina.transfer.snapshot import snapshot
from coordina.transfer.tables import left_out, tables

AT_ONCE = 500
"""Lines that are written together."""

AREAS: tuple[Area, ...] = (FILES, IMPORTS)
"""Areas whose files go along, under their names."""

type Tell = Callable[[int, int], None]
"""Told how many rows are done, and of how many; may raise, and then nothing is left behind."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive that was written.

    Attributes:
        rows, files: What it holds. size: In bytes.
        digest: SHA-256 of its manifest, which holds that of everything else.
    """

    rows: int
    files: int
    size: int
    digest: str


def silent(done: int, total: int) -> None:
    """Tell nobody."""


def write_everything(target: Path, tell: Tell = silent) -> Packed:
    """Write all that there is into an archive.

    Args:
        target: The file; it appears when it is whole.
        tell: Told how far it is.
    """
    with packing(target) as writer:
        with snapshot() as using:
            counts = _write_tables(writer, using, tell)
            facts = {
                "coordina": coordina.__version__,
                "made_at": timezone.now().isoformat(timespec="seconds"),
                "key": key_mark(),
                "migrations": migrations(using),
                "rows": counts,
                "next_ids": next_ids(using),
                "left_out": left_out(),
            }
            for name, lines in sheets(using):
                _write(writer, f"tables/{name}.csv", lines, lambda _n: tell(sum(counts.values()), sum(counts.values())))
        total = sum(counts.values())
        held = _write_files(writer, lambda: tell(total, total))
        digest = writer.finish(facts)
    return Packed(total, held, target.stat().st_size, digest)


def after(tell: Tell, behind: int, total: int) -> Callable[[int], None]:
    """Tell of one table after others."""
    return lambda done: tell(behind + done, total)


def _write_tables(writer: Packing, using: str, tell: Tell) -> dict[str, int]:
    """Write every table; gives the rows of each."""
    wanted = tables()
    total = sum(table.rows(using).count() for table in wanted)
    counts: dict[str, int] = {}
    for table in wanted:
        lines = (line + "\n" for line in table.lines(using))
        counts[table.label] = _write(writer, table.member, lines, after(tell, sum(counts.values()), total))
    return counts


def _write(writer: Packing, name: str, lines: Iterable[str], tell: Callable[[int], None]) -> int:
    """Write lines as one member; gives how many."""
    count = 0
    with writer.member(name) as member:
        for part in batched(lines, AT_ONCE):
            member.write("".join(part).encode())
            count += len(part)
            tell(count)
    return count


def _write_files(writer: Packing, check: Callable[[], None]) -> int:
    """Add the bytes that people keep, and the files of imports; gives how many."""
    before = len(writer.members)
    for area in AREAS:
        for name in sorted(entry.name for entry in area.entries()):
            writer.file(f"{area.name}/{name}", area.at(name), check)
    return len(writer.members) - before


def migrations(using: str) -> dict[str, list[str]]:
    """Which migrations the database has seen, by room: tables of another form are not read."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connections[using]).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def key_mark() -> str:
    """What tells one secret key from another, and says nothing of it."""
    return hmac.new(settings.SECRET_KEY.encode(), b"coordina.transfer.key", "sha256").hexdigest()[:32]
