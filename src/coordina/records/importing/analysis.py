"""Looking at a whole file once: how dates and numbers are written, which column is which field."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from coordina.core.types import TYPES, Kind, RecordType
from coordina.records.importing.files import folder
from coordina.records.importing.targets import nouns, targets
from coordina.records.imports.columns import Proposal, propose
from coordina.records.imports.dates import agree
from coordina.records.imports.folding import folded
from coordina.records.imports.profiles import ColumnFacts, ColumnProfile
from coordina.records.imports.reading import FileFacts, inspect, rows
from coordina.records.models import ImportRun

DISTINCT = 300
"""Different values of a column that are offered for a decision."""
GUESSED_FROM = 200
"""Rows from which the type of a file is guessed."""


def source(run: ImportRun) -> Path:
    """Where the bytes of a run's file are."""
    return folder() / run.path


def read_facts(run: ImportRun, known: Iterable[RecordType]) -> FileFacts:
    """Find out how the file is written and where its columns are named.

    Args:
        known: Types it may hold; their names for columns tell the header from other rows.
    """
    words = {folded(text) for each in known for t in targets(each) for text in (t.name, *t.labels, *t.aliases)}
    return inspect(source(run), known=words)


def guess_type(run: ImportRun, facts: FileFacts, known: Sequence[RecordType]) -> RecordType | None:
    """The type whose fields the columns fit best; the one that comes first where several fit alike."""
    decided = _profiled(islice(rows(source(run), facts), GUESSED_FROM), facts)
    best: tuple[float, RecordType | None] = (0.0, None)
    for each in known:
        proposals = propose(facts.headers, targets(each), decided, nouns=nouns(each), title=each.title)
        taken = [p for p in proposals if p.target]
        named = any(p.target == each.title for p in taken)
        score = sum(p.confidence for p in taken) / max(len(facts.headers), 1) + (0.25 if named else 0.0)
        score += 0.05 * sum(folded(h) in {folded(n) for n in nouns(each)} for h in facts.headers)
        if score > best[0] + 0.01:
            best = (score, each)
    return best[1]


def analyse(run: ImportRun, facts: FileFacts, tell: Callable[[int], None]) -> list[dict[str, Any]]:
    """Read all rows and propose what becomes of each column.

    Returns:
        By column what `plan` reads back: header, target, confidence, formats, the most frequent values.
    """
    decided = _profiled(rows(source(run), facts), facts, tell)
    if (order := agree([f.date for f in decided])) is not None:
        decided = _profiled(rows(source(run), facts), facts, order=order) if _open_days(decided) else decided
    return [_stored(p, decided[p.column]) for p in proposed(TYPES[run.type], facts.headers, decided)]


def proposed(known: RecordType, headers: Sequence[str], decided: Sequence[ColumnFacts]) -> list[Proposal]:
    """Which column is which field of a type."""
    return propose(headers, targets(known), decided, nouns=nouns(known), title=known.title)


def _open_days(decided: Iterable[ColumnFacts]) -> bool:
    return any(f.date.numeric and f.date.ambiguous for f in decided)


def _profiled(
    found: Iterable[Any], facts: FileFacts, tell: Callable[[int], None] = lambda rows: None, **prefer: Any
) -> list[ColumnFacts]:
    profiles = [ColumnProfile() for _ in facts.headers]
    adders = [profile.add for profile in profiles]
    for count, row in enumerate(found):
        for add, cell in zip(adders, row.cells, strict=True):
            add(cell)
        if not count % 2000:
            tell(count)
    return [profile.decide(**prefer) for profile in profiles]


def _stored(proposal: Proposal, facts: ColumnFacts) -> dict[str, Any]:
    return {
        "column": proposal.column,
        "header": proposal.header,
        "target": proposal.target or "",
        "proposed": proposal.target or "",
        "confidence": proposal.confidence,
        "why": str(proposal.reason),
        "order": str(facts.date.order),
        "dates": facts.date.numeric and not facts.date.misfits,
        "ambiguous_dates": facts.date.ambiguous,
        "decimal": facts.number.decimal,
        "ambiguous_numbers": facts.number.ambiguous,
        "percent": facts.number.percent,
        "filled": facts.filled,
        "examples": list(facts.examples)[:3],
        "distinct": dict(list(facts.distinct.items())[:DISTINCT]) if not facts.many else {},
        "many": facts.many or len(facts.distinct) > DISTINCT,
        "values": {},
        "lenient": False,
    }


def lenient_by_default(kind: str) -> bool:
    """Whether a cell that means no known choice leaves its row standing: choices do, dates and numbers do not."""
    return kind in (Kind.CHOICE, Kind.COUNTRY, Kind.CURRENCY, Kind.PHONE, Kind.URL)
