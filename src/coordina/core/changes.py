"""The open change set: which rows were written, with before and after. Knows no models.

Core keeps the open `Journal` in a context variable; the ledger supplies the function that writes entries to disk. A
plain thread does not inherit it, so a write there is refused: open a change set of its own.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from coordina.core.refusals import NotRecorded

type Values = dict[str, Any]
type Kind = Literal["c", "u", "d"]

BATCH = 1000
"""Entries that bulk work collects before they go to disk together."""


SMALL: set[str] = set()
"""Labels of the models whose rows a change set keeps in memory; see `core.remembered`."""
SMALL_ROWS = "rows of small tables"
DEPTH = "savepoints around the change set"
"""Where the memory of a journal keeps these rows, and how many savepoints were open when it began."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One written row.

    Attributes:
        model: Label such as `pipeline.Opportunity`.
        kind: `c` created (before is empty), `u` updated (only changed columns), `d` deleted (after is empty).
    """

    model: str
    pk: int
    kind: Kind
    before: Values
    after: Values


@dataclass(slots=True)
class Journal:
    """What one change set has written so far.

    Attributes:
        at: When it is written; records take it as `created_at` and `changed_at`.
        context: What the ledger keeps beside it (who, door, action, the change set row).
        flush: Writes a list of entries to disk, in the transaction of the rows themselves.
        memory: What was read once for all rows of the change set; see `remembered`.
    """

    at: datetime
    context: Mapping[str, Any]
    flush: Callable[["Journal", list[Entry]], None]
    armed: int = 0
    bulk: int = 0
    pending: list[Entry] = field(default_factory=list)
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def note(self, entry: Entry) -> None:
        """Put one entry on record at once: a rolled back savepoint takes row and entry both."""
        if entry.model in SMALL:
            self.memory.pop(SMALL_ROWS, None)
        self.pending.append(entry)
        if not self.bulk or len(self.pending) >= BATCH:
            self.write()

    def write(self) -> None:
        """Send what is pending to disk."""
        entries, self.pending = self.pending, []
        if entries:
            self.flush(self, entries)

    @contextmanager
    def many(self) -> Iterator[None]:
        """Collect the entries of one bulk operation into batches."""
        self.bulk += 1
        try:
            yield
            if self.bulk == 1:
                self.write()
        except BaseException:
            self.pending.clear()
            raise
        finally:
            self.bulk -= 1


_journal: ContextVar[Journal | None] = ContextVar("journal", default=None)


def current() -> Journal | None:
    """The open journal, None outside a change set."""
    return _journal.get()


def remembered[T](key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, asked once a change set: settings of the company that every row of an import needs.

    Args:
        key: Names what is remembered.
        read: Reads it; outside a change set it is asked each time.
    """
    journal = current()
    if journal is None:
        return read()
    if key not in journal.memory:
        journal.memory[key] = read()
    found: T = journal.memory[key]
    return found


def required(what: object) -> Journal:
    """The open journal.

    Raises:
        NotRecorded: Outside a change set.
    """
    journal = _journal.get()
    if journal is None:
        raise NotRecorded(f"{what}: write inside a change set, that is, in an action called through a door")
    return journal


@contextmanager
def opened(journal: Journal) -> Iterator[Journal]:
    """Make `journal` the open one."""
    token = _journal.set(journal)
    try:
        yield journal
    finally:
        _journal.reset(token)


@contextmanager
def arm() -> Iterator[None]:
    """Recorded writes run in here; the SQL net refuses all others on record tables."""
    journal = required("sql")
    journal.armed += 1
    try:
        yield
    finally:
        journal.armed -= 1


@contextmanager
def unrecorded(why: str) -> Iterator[None]:
    """Let a migration or a seeder write record tables without entries.

    Args:
        why: The reason, for whoever reads the code.
    """

    def drop(journal: Journal, entries: list[Entry]) -> None:
        """Nothing is kept."""

    from django.utils import timezone

    with opened(Journal(timezone.now(), {"why": why}, drop, armed=1)):
        yield
