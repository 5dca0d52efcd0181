"""Looking at a whole file once: how dates and numbers are written, which column is which field."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from coordina.accounts.company import the_company
from coordina.accounts.locales import locale_of
from coordina.accounts.models import User
from coordina.core.actors import Actor
from coordina.core.parsing.days import day_order
from coordina.core.parsing.numbers import decimal_sign
from coordina.core.types import Kind, RecordType
from coordina.records.importing.converting import PLAIN, source
from coordina.records.importing.exports import OTHER_DATA, ExportTable
from coordina.records.importing.lined import lined_of
from coordina.records.importing.tables import known_named
from coordina.records.importing.targets import nouns, targets
from coordina.records.imports.columns import Proposal, propose
from coordina.records.imports.dates import Order, agree
from coordina.records.imports.folding import folded
from coordina.records.imports.profiles import ColumnFacts, ColumnProfile
from coordina.records.imports.reading import FileFacts, inspect, rows
from coordina.records.imports.reasons import Code, because
from coordina.records.models import ImportRun

DISTINCT = 300
"""Different values of a column that are offered for a decision."""
GUESSED_FROM = 200
"""Rows from which the type of a file is guessed."""


def read_facts(run: ImportRun, known: Iterable[RecordType]) -> FileFacts:
    """Find out how the file is written and where its columns are named.

    Args:
        known: Types it may hold; their names for columns tell the header from other rows.
    """
    words = {folded(text) for each in known for t in targets(each) for text in (t.name, *t.labels, *t.aliases)}
    with source(run) as path:
        return inspect(path, known=words, dialect=PLAIN if run.facts.get("table") else None)


def guess_type(run: ImportRun, facts: FileFacts, known: Sequence[RecordType], least: float = 0.0) -> RecordType | None:
    """The type whose fields the columns fit best; the one that comes first where several fit alike.

    Args:
        least: How well they must fit: 1 where every column is one of its fields for certain.
    """
    with source(run) as path:
        decided = _profiled(islice(rows(path, facts), GUESSED_FROM), facts)
    best: tuple[float, RecordType | None] = (least, None)
    for each in known:
        proposals = propose(facts.headers, targets(each), decided, nouns=nouns(each), title=each.title)
        taken = [p for p in proposals if p.target]
        named = any(p.target == each.title for p in taken)
        fills = {t.name: t.fills or t.name for t in targets(each)}
        if (least or lined_of(each) is not None) and not _whole(each, {fills[str(p.target)] for p in taken}):
            continue
        score = sum(p.confidence for p in taken) / max(len(facts.headers), 1) + (0.25 if named else 0.0)
        score += 0.05 * sum(folded(h) in {folded(n) for n in nouns(each)} for h in facts.headers)
        if score > best[0] + 0.01:
            best = (score, each)
    return best[1]


def _whole(known: RecordType, filled: set[str]) -> bool:
    """Whether columns fill everything that a record of a type must have."""
    fills = known.writer.fills
    if lined_of(known) is not None and known.within not in filled:
        return False
    return all(name in filled for name, x in known.editable.items() if x.required and name not in fills)


def analyse(
    run: ImportRun, facts: FileFacts, tell: Callable[[int], None], table: ExportTable | None = None
) -> list[dict[str, Any]]:
    """Read all rows and propose what becomes of each column.

    Args:
        table: What the file is known to be, where its headers say so.

    Returns:
        By column what `plan` reads back: header, target, confidence, formats, the most frequent values.
    """
    typed = bool(run.facts.get("typed"))
    usual = usual_of(run.by) | ({"decimal": "."} if typed else {})
    with source(run) as path:
        decided = _profiled(rows(path, facts), facts, tell, **usual)
        if (order := agree([f.date for f in decided])) is not None and _open_days(decided):
            decided = _profiled(rows(path, facts), facts, **usual | {"order": order})
    found = proposed(known_named(run.type), facts.headers, decided, table, run.by)
    stored = [_stored(p, decided[p.column]) for p in found]
    for column in stored:
        column["by_id"] = table is not None and table.target_of(column["header"])[1]
        column["ambiguous_numbers"] = column["ambiguous_numbers"] and not typed
    return stored


def usual_of(by: Actor | None) -> dict[str, Any]:
    """How the person who imports writes: what a column is taken for that can be read in two ways."""
    locale = locale_of(by if isinstance(by, User) else None, the_company())
    return {"order": Order(day_order(locale)), "decimal": decimal_sign(locale)}


def proposed(
    known: RecordType,
    headers: Sequence[str],
    decided: Sequence[ColumnFacts],
    table: ExportTable | None,
    by: Actor | None,
) -> list[Proposal]:
    """Which column is which field of a type; what is known about an export comes before what names suggest."""
    there = targets(known, by)
    found = propose(headers, there, decided, nouns=nouns(known), title=known.title)
    if table is None:
        return found
    names = {target.name for target in there}
    said = {p.column: target for p in found if (target := table.target_of(p.header)[0]) is not None}
    taken: set[str] = set()
    for column in sorted(said, key=lambda c: (not (table.target_of(headers[c])[1] and decided[c].filled), c)):
        target = said[column]
        said[column] = target if target in names and target not in taken else OTHER_DATA
        taken.add(target)
    return [_told(p, said.get(p.column), taken) for p in found]


def _told(proposal: Proposal, said: str | None, taken: set[str]) -> Proposal:
    """A proposal with what the export says; where it says nothing, only what is certain and still free is kept."""
    if said is None:
        keep = proposal.certain and proposal.target not in taken
        return proposal if keep else replace(proposal, target=None, confidence=0.0, reason=because(Code.COLUMN_UNKNOWN))
    code = Code.COLUMN_SAME_NAME if said else Code.COLUMN_UNKNOWN
    return replace(proposal, target=said or None, confidence=1.0 if said else 0.0, reason=because(code))


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
