"""Erasing a person: their records, what hangs on them, what tools have noted of them, and what the ledger holds.

All of the database is one transaction and one change set, which cannot be undone. Files go after the commit, and then
the database's own files are cleaned; a job that dies in between does the rest again. What was erased is noted beside
the database too, so that a restored backup erases it again before anybody sees it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coordina.core.personal import KINDS, Fate, Keeping, Subjects
from coordina.core.records import Record
from coordina.core.storing.areas import Stored
from coordina.ledger.erasing import erase_values
from coordina.privacy.subjects import former, keepings, subjects_of

LEDGER = "ledger"
"""Under this name an erasure counts the ledger's entries."""


@dataclass
class Work:
    """An erasure on its way.

    Attributes:
        counts: Rows by label of their model.
        touched: Ids of record rows by label: what the ledger holds of them goes as well.
        columns: By label, the columns whose stored values go; None for all.
        files: Of rows that went, removed after the commit.
    """

    who: Subjects
    counts: Counter[str] = field(default_factory=Counter)
    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    columns: dict[str, frozenset[str] | None] = field(default_factory=dict)
    files: list[Stored] = field(default_factory=list)


def erase(record: Record) -> Work:
    """Erase everything that is kept of somebody, inside the open change set; gives what is left to remove outside."""
    work = Work(subjects_of(record))
    known = keepings()
    for keeping in known:
        if issubclass(keeping.model, Record):
            _records(work, keeping)
    _people(work)
    stored = 0
    for label, keys in sorted(work.touched.items()):
        stored += erase_values(label, keys, work.columns.get(label)).entries
    work.counts[LEDGER] += stored
    for keeping in known:
        if not issubclass(keeping.model, Record):
            _notes(work, keeping)
    return work


def _records(work: Work, keeping: Keeping) -> None:
    """Empty or delete the records that tell of somebody, and remember those that are gone already."""
    if keeping.fate not in (Fate.GONE, Fate.EMPTIED):
        return
    rows = list(keeping.rows(work.who).order_by("pk"))
    keys = {row.pk for row in rows}
    for row in rows:
        work.files += _files_of(keeping, row)
        if keeping.fate is Fate.EMPTIED:
            _empty(row, keeping.empties)
        else:
            row.delete()
    work.counts[keeping.name] += len(rows)
    plain = frozenset(name for name in keeping.empties if not name.endswith(("_id", "_type")))
    if keeping.fate is Fate.GONE or plain:
        work.columns[keeping.name] = plain if keeping.fate is Fate.EMPTIED else None
        work.touched[keeping.name] |= keys | former(keeping, work.who)


def _files_of(keeping: Keeping, row: Any) -> Iterable[Stored]:
    return keeping.bytes_of(row) if keeping.bytes_of is not None else ()


def _empty(row: Any, empties: Mapping[str, Any]) -> None:
    for name, value in empties.items():
        setattr(row, name, value(row) if callable(value) else value)
    row.save()


def _people(work: Work) -> None:
    """The people themselves: deleted, or emptied where figures are made of the row."""
    for label, keys in sorted(work.who.ids.items(), reverse=True):
        kind = KINDS[label]
        rows: Any = kind.model._base_manager.filter(pk__in=sorted(keys)).order_by("pk")
        work.columns[label] = None
        for row in rows:
            if kind.leaves(row):
                row.delete()
            else:
                emptied = kind.empties(row)
                work.columns[label] = frozenset(emptied)
                _empty(row, emptied)
            work.counts[label] += 1
        work.touched[label] |= set(keys)


def _notes(work: Work, keeping: Keeping) -> None:
    """What the machine has noted: no records, so it goes without a trace."""
    if keeping.fate not in (Fate.GONE, Fate.EMPTIED):
        return
    keys = list(keeping.rows(work.who).values_list("pk", flat=True))
    rows: Any = keeping.model._base_manager.filter(pk__in=keys)
    if keeping.bytes_of is not None or keeping.empties:
        for row in rows.order_by("pk"):
            work.files += _files_of(keeping, row)
            if keeping.fate is Fate.EMPTIED:
                _empty(row, keeping.empties)
    if keeping.fate is Fate.GONE:
        rows.delete()
    work.counts[keeping.name] += len(keys)
