"""Looking at a whole file once: how dates and numbers are written, which column is which field."""

from pathlib import Path
from typing import Any

from coordina.core.types import TYPES, Kind
from coordina.records.importing.files import folder
from coordina.records.importing.targets import nouns, targets
from coordina.records.imports.columns import propose
from coordina.records.imports.profiles import ColumnFacts, ColumnProfile
from coordina.records.imports.reading import FileFacts, inspect, rows
from coordina.records.models import ImportRun

DISTINCT = 60
"""Different values of a column that are offered for a decision."""


def source(run: ImportRun) -> Path:
    """Where the bytes of a run's file are."""
    return folder() / run.path


def read_facts(run: ImportRun) -> FileFacts:
    """Find out how the file is written and where its columns are named."""
    return inspect(source(run))


def analyse(run: ImportRun, facts: FileFacts) -> list[dict[str, Any]]:
    """Read all rows and propose what becomes of each column.

    Returns:
        By column what `plan` reads back: header, target, confidence, formats, the most frequent values.
    """
    profiles = [ColumnProfile() for _ in facts.headers]
    for row in rows(source(run), facts):
        for profile, cell in zip(profiles, row.cells, strict=True):
            profile.add(cell)
    known = TYPES[run.type]
    decided = [p.decide() for p in profiles]
    proposals = propose(facts.headers, targets(known), decided, nouns=nouns(known), title=known.title)
    return [_stored(p.column, p.header, p.target, p.confidence, str(p.reason), decided[p.column]) for p in proposals]


def _stored(column: int, header: str, target: str | None, confidence: float, why: str, facts: ColumnFacts) -> Any:
    return {
        "column": column,
        "header": header,
        "target": target or "",
        "confidence": confidence,
        "why": why,
        "order": str(facts.date.order),
        "numeric_dates": facts.date.numeric,
        "ambiguous": facts.date.ambiguous or facts.number.ambiguous,
        "decimal": facts.number.decimal,
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
