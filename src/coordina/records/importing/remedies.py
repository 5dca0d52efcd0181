"""What is done about the troubles of a file: for all rows that meet one, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.core.types import Kind
from coordina.records.importing import steps
from coordina.records.importing.cells import Problem, reader
from coordina.records.importing.plan import ColumnPlan, Mode, Plan, without_column
from coordina.records.importing.troubles import Way
from coordina.records.imports.values import is_unknown
from coordina.records.models import ImportRun

MAPPED = (Kind.REF, Kind.CHOICE, Kind.COUNTRY)
"""Kinds whose cells are given a meaning; those of others are written anew."""
KEEP, REFUSE, MAKE = "keep", "refuse", "make"
"""For a whole column: what cannot be used is kept under other data, refuses its row, or what it names is made."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One decision.

    Attributes:
        cell: The text that it is about; empty for all rows of the trouble.
        said: For a whole trouble one of the words above, or the value of the rows without one; for a cell the id of
            a record or choice, `new`, `empty`, or the text to read instead.
    """

    way: Way
    field: str
    cell: str
    said: str


def wrong_texts(run: ImportRun, remedies: Iterable[Remedy]) -> dict[tuple[str, str], str]:
    """What is wrong with texts that were typed in place of others, by field and text of the file."""
    plan = Plan.of(run)
    found: dict[tuple[str, str], str] = {}
    for remedy in remedies:
        target = steps.targets_of(run).get(remedy.field)
        if remedy.way not in (Way.UNREADABLE, Way.REFUSED, Way.MISSING) or target is None or not remedy.said:
            continue
        if target.field.kind in MAPPED or bool(remedy.cell) is (remedy.way is Way.MISSING):
            continue
        column = plan.filled.get(remedy.field) or without_column(target)
        read = cell_reader(column, run.by, plan.id_prefix)(remedy.said)
        if isinstance(read, Problem):
            found[remedy.field, remedy.cell] = read.text
        elif is_unknown(remedy.said) and not remedy.cell:
            found[remedy.field, remedy.cell] = ""
    return found


def cell_reader(column: ColumnPlan, by: User, id_prefix: str) -> Any:
    """How the cells of a column are read for somebody."""
    company = the_company()
    zone = ZoneInfo(by.time_zone or (company.time_zone if company else "") or "UTC")
    return reader(column, zone, company.country if company else "", id_prefix)


def apply(run: ImportRun, remedies: Iterable[Remedy]) -> None:
    """Take decisions; the run has to be checked again."""
    options: dict[str, Any] = {"fallbacks": dict(run.options.get("fallbacks", {}))}
    said: list[dict[str, Any]] = [{"values": dict(c["values"]), "fixes": dict(c.get("fixes", {}))} for c in run.columns]
    known = steps.targets_of(run)
    places = {c["target"]: place for place, c in enumerate(run.columns) if c["target"]}
    for remedy in remedies:
        place = places.get(remedy.field)
        if remedy.way is Way.MISSING:
            options["fallbacks"][remedy.field] = remedy.said
        elif remedy.way in (Way.ONLY_CREATES, Way.ONLY_UPDATES):
            options["mode"] = Mode.UPSERT
        elif place is not None and remedy.cell:
            _about_cell(said[place], remedy, mapped=known[remedy.field].field.kind in MAPPED)
        elif place is not None:
            said[place] |= _about_column(remedy.said)
    options["fallbacks"] = {name: text for name, text in options["fallbacks"].items() if text}
    steps.decide(run, said, options)


def _about_cell(said: dict[str, Any], remedy: Remedy, *, mapped: bool) -> None:
    if mapped:
        said["values"].pop(remedy.cell, None)
        said["values"] |= {remedy.cell: remedy.said} if remedy.said else {}
        return
    before = [text for text, instead in said["fixes"].items() if instead == remedy.cell]
    said["fixes"] |= dict.fromkeys(before or [remedy.cell], remedy.said)


def _about_column(said: str) -> Mapping[str, Any]:
    """What a decision about all rows says of their column."""
    kind, _colon, value = said.partition(":")
    if kind in ("order", "decimal"):
        return {kind: value}
    if said == MAKE:
        return {"make": True}
    return {"lenient": said == KEEP, "forgiven": said == KEEP} if said in (KEEP, REFUSE) else {}
