"""From one step of an import to the next: what the pages and the jobs call."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from coordina.core.types import TYPES
from coordina.records.importing.analysis import analyse, lenient_by_default, read_facts
from coordina.records.importing.plan import Mode
from coordina.records.importing.targets import EXTERNAL_ID, by_name
from coordina.records.models import ImportRun, RunState


def read(run: ImportRun) -> None:
    """Read the whole file once and propose a plan; a file without rows fails with a reason."""
    facts = read_facts(run)
    run.facts = facts.as_json()
    if not facts.row_count:
        run.state, run.problem = RunState.FAILED, _("The file has no rows of data.")
    else:
        run.columns = analyse(run, facts)
        for column in run.columns:
            target = by_name(TYPES[run.type]).get(column["target"])
            column["lenient"] = target is not None and lenient_by_default(target.kind)
        run.options = {"mode": Mode.UPSERT, "make": True, "system": "import", "constants": {}} | run.options
        run.options["match"] = default_match(run)
        run.state = RunState.MAPPING
    run.save(update_fields=["facts", "columns", "options", "state", "problem"])


def default_match(run: ImportRun) -> str:
    """The field by which rows find their records: the id of the other system, or the first that the file fills."""
    filled = {c["target"] for c in run.columns}
    if EXTERNAL_ID in filled:
        return EXTERNAL_ID
    return next((name for name in TYPES[run.type].match if name in filled), "")


def decide(run: ImportRun, columns: list[Mapping[str, Any]], options: Mapping[str, Any]) -> None:
    """Take decisions about columns and options; what was checked before no longer counts."""
    known = by_name(TYPES[run.type])
    taken: set[str] = set()
    for stored, said in zip(run.columns, columns, strict=True):
        target = said.get("target", stored["target"])
        stored["target"] = target if target in known and target not in taken else ""
        taken.add(stored["target"]) if stored["target"] else None
        for name in ("order", "decimal", "values", "lenient"):
            if name in said:
                stored[name] = said[name]
    run.options = {**run.options, **options}
    run.state, run.counts, run.samples = RunState.MAPPING, {}, {}
    run.save(update_fields=["columns", "options", "state", "counts", "samples"])
