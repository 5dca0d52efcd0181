"""From one step of an import to the next: what the pages and the jobs call."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.parsing.ids import parse_id
from coordina.core.types import RecordType
from coordina.ledger.models.jobs import Job, JobState
from coordina.ledger.undo import undo
from coordina.records.importing import mappings
from coordina.records.importing.access import importable_types, may_import
from coordina.records.importing.analysis import analyse, guess_type, lenient_by_default, read_facts
from coordina.records.importing.converting import convert, forget
from coordina.records.importing.exports import ExportTable, recognised
from coordina.records.importing.options import ImportOption, field_of, options_of
from coordina.records.importing.plan import Mode
from coordina.records.importing.tables import find_known, known_named
from coordina.records.importing.targets import EXTERNAL_ID, Target, by_name
from coordina.records.imports.folding import folded
from coordina.records.imports.reading import FileFacts
from coordina.records.imports.workbooks import Unreadable
from coordina.records.models import ImportProblem, ImportRun, RunState

DECIDED = ("order", "decimal", "values", "lenient", "fixes", "forgiven", "make")
"""What a person may decide about a column besides its target."""


SURE = 0.5
"""How well the columns of a file among several must fit a type: most files of an export have a place elsewhere."""


def start(by: User, type_name: str, file_name: str, path: str, size: int) -> ImportRun:
    """A new run for an uploaded file; its type is guessed when none is given."""
    run: ImportRun = ImportRun.objects.create(
        by=by, type=type_name, file_name=file_name[:255], path=path, size=size, created_at=timezone.now()
    )
    return run


def start_together(by: User, type_name: str, name: str, kept: Sequence[tuple[str, str, int]]) -> ImportRun:
    """A new run for several files: a parent, and a run of its own for each.

    Args:
        name: What it is called in lists.
        kept: By file: its name, its generated name and its bytes.
    """
    parent = start(by, type_name, name, "", sum(size for _name, _path, size in kept))
    parent.facts = {"several": True, "files": len(kept)}
    parent.save(update_fields=["facts"])
    for file_name, path, size in kept:
        each = start(by, type_name, file_name, path, size)
        ImportRun.objects.filter(pk=each.pk).update(parent=parent)
    return parent


def read(run: ImportRun, tell: Callable[[int], None]) -> None:
    """Read the whole file once and propose a plan; a file without rows fails with a reason."""
    try:
        run.facts = converted = convert(run)
    except Unreadable as refused:
        run.problem, run.state = str(refused.reason), RunState.FAILED
        run.save(update_fields=["state", "problem"])
        return
    known = importable_types(run.by)
    facts = read_facts(run, [known_named(run.type)] if run.type else known)
    found = recognised(facts.headers) if facts.row_count else None
    run.facts = facts.as_json() | converted | ({"export": found[0]} if found is not None else {"guessed": not run.type})
    suits = _suiting(run, facts)
    run.type = (
        run.type
        or (suits.mapping.type if suits is not None else "")
        or _type_of(run, facts, found[1] if found is not None else None, known)
    )
    run.problem = "" if facts.row_count else _("The file has no rows of data.")
    if not run.problem and not run.type:
        run.problem = _("It is not clear what the file holds. Choose it when you upload the file.")
    if run.problem:
        run.state = RunState.FAILED
    else:
        table = found[1] if found is not None and found[1].type == run.type else None
        propose(run, analyse(run, facts, tell, table), table)
    run.save(update_fields=["type", "facts", "columns", "options", "state", "problem"])
    if suits is not None and run.state == RunState.MAPPING and suits.mapping.type == run.type:
        use_mapping(run, suits)


def _suiting(run: ImportRun, facts: FileFacts) -> mappings.Offer | None:
    """The saved mapping of files with exactly these columns."""
    found = mappings.offers(run.by, facts.headers, run.type) if facts.row_count else []
    return found[0] if found and found[0].same else None


def _type_of(run: ImportRun, facts: FileFacts, table: ExportTable | None, known: Sequence[RecordType]) -> str:
    """What a file holds: what its export says, else what its columns fit best; empty where there is no place for it."""
    if not facts.row_count:
        return ""
    if table is not None:
        place = find_known(table.type)
        return place.name if place is not None and may_import(run.by, place) else ""
    guessed = guess_type(run, facts, known, SURE if run.parent_id is not None else 0.0)
    return guessed.name if guessed is not None else ""


def propose(run: ImportRun, columns: list[dict[str, Any]], table: ExportTable | None = None) -> None:
    """Put the proposals and the usual options into a run."""
    known = known_named(run.type)
    run.columns = columns
    taken = by_name(known, run.by)
    for column in columns:
        target = taken.get(column["target"])
        lenient = target is not None and (
            lenient_by_default(target.kind) or (table is not None and _forgiven(known, target, column))
        )
        column["lenient"] = lenient and column["target"] != known.title
    run.options = {"mode": Mode.UPSERT, "make": True, "system": "import", "constants": _answers(run)}
    left = [c["header"] for c in columns if not c["target"]]
    if left and not known.extra.get("keeps_other", True):
        run.facts = {**run.facts, "remark": _("Not kept: %(columns)s") % {"columns": ", ".join(left)[:300]}}
    if table is not None:
        said = table.folded_deleted
        deleted = next((c["column"] for c in columns if said and folded(c["header"]) == said), None)
        run.options |= {"system": table.product, "deleted": deleted, "forgiving": True, "doubts": dict(table.doubts)}
        run.options |= {"id_prefix": table.id_prefix, "mode": Mode.UPDATE if table.only_links else Mode.UPSERT}
    run.options["match"] = (
        table.match if table is not None and table.match in {c["target"] for c in columns} else default_match(run)
    )
    run.state = RunState.MAPPING


def _forgiven(known: RecordType, target: Target, column: Mapping[str, Any]) -> bool:
    """Whether an export's cell that cannot be used leaves its row standing; the stage of a sale is asked for."""
    asked = target.field.required or target.name in {option.source for option in options_of(known)}
    return bool(column["by_id"]) or not asked


def _answers(run: ImportRun) -> dict[str, str]:
    """The answer to an option that has only one, where no column gives it."""
    filled = {c["target"] for c in run.columns}
    answers: dict[str, str] = {}
    for option in options_of(known_named(run.type)):
        far = field_of(known_named(run.type), option).to
        rows: Any = far.objects.visible_to(run.by).order_by("pk") if far is not None else ()
        first = rows.values_list("pk", flat=True).first() if far is not None else None
        if first is not None and option.field not in filled:
            answers[option.field] = str(first)
    return answers


def default_match(run: ImportRun) -> str:
    """The field by which rows find their records: the id of the other system, or the first that the file fills."""
    filled = {c["target"] for c in run.columns}
    if EXTERNAL_ID in filled:
        return EXTERNAL_ID
    return next((name for name in known_named(run.type).match if name in filled), "")


def decide(run: ImportRun, columns: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> None:
    """Take decisions about columns and options; what was checked before no longer counts."""
    known = by_name(known_named(run.type), run.by)
    taken: set[str] = set()
    for stored, said in zip(run.columns, columns, strict=True):
        target = said.get("target", stored["target"])
        target = target if target in known and target not in taken else ""
        if target != stored["target"]:
            stored |= {"values": {}, "fixes": {}, "forgiven": False, "make": False}
            stored["lenient"] = bool(target) and lenient_by_default(known[target].kind)
        elif "values" in said:
            stored["values"] = dict(said["values"])
        stored["target"] = target
        taken |= {target} if target else set()
        stored |= {name: said[name] for name in DECIDED if name in said and name != "values"}
    run.options = {**run.options, **options}
    if run.options.get("match") not in taken:
        run.options["match"] = default_match(run)
    run.state, run.counts, run.samples = RunState.MAPPING, {}, {}
    run.save(update_fields=["columns", "options", "state", "counts", "samples"])


def targets_of(run: ImportRun) -> dict[str, Target]:
    """What a column of a run may become, by name."""
    return by_name(known_named(run.type), run.by)


def use_mapping(run: ImportRun, offer: mappings.Offer) -> None:
    """Let a run be decided as a mapping says; what the file has besides stays as it was proposed."""
    kept: Mapping[str, Mapping[str, Any]] = offer.mapping.columns
    known = targets_of(run)
    said: list[dict[str, Any]] = []
    taken = {kept[key].get("target") for key in offer.pairs.values() if key in kept}
    for column in run.columns:
        key = offer.pairs.get(column["header"])
        decided = dict(kept.get(key or "", {}))
        if not decided:
            said.append({"target": ""} if column["target"] in taken else {})
        else:
            said.append(decided | ({} if decided.get("target") in known else {"target": ""}))
    decide(run, [{"target": one["target"]} if "target" in one else {} for one in said], {})
    decide(run, said, _options(run, offer.mapping.options))
    ImportRun.objects.filter(pk=run.pk).update(options=run.options | {"mapping": offer.mapping.pk})
    run.refresh_from_db(fields=["options"])


def _options(run: ImportRun, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a mapping, as far as they are possible for this person now."""
    found = {name: kept[name] for name in mappings.OPTIONS if name in kept}
    if found.get("mode") not in set(Mode):
        found.pop("mode", None)
    constants = dict(run.options.get("constants", {}))
    known = known_named(run.type)
    for option in options_of(known):
        far: Any = field_of(known, option).to
        key = parse_id(str(found.get("constants", {}).get(option.field, "")))
        if key is not None and far.objects.visible_to(run.by).filter(pk=key).exists():
            constants[option.field] = str(key)
    return found | {"constants": constants}


def answered(run: ImportRun, option: ImportOption, pk: int) -> None:
    """Take a record that was made for an option as its answer; columns nobody decided about are looked at again."""
    run.options = {**run.options, "constants": {**run.options.get("constants", {}), option.field: str(pk)}}
    run.save(update_fields=["options"])


def settle_stopped(run: ImportRun) -> None:
    """Let a run whose job was cancelled before it began, or whose worker is gone, be where a person can go on."""
    over = Job.objects.filter(pk=run.job_id or 0, state=JobState.CANCELLED).exists()
    if over:
        after = {
            RunState.RUNNING: RunState.STOPPED,
            RunState.CHECKING: RunState.MAPPING,
            RunState.UNDOING: RunState.DONE,
        }
        state = after.get(RunState(run.state), RunState.FAILED)
        ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=state, problem=_("It was stopped."))


def label_of(known: RecordType, name: str) -> str:
    """What a field of a type is called."""
    found = by_name(known, None).get(name)
    return str(found.field.label) if found is not None else name


def discard(run: ImportRun, by: User) -> None:
    """Forget a run that imported nothing, with its file; what was made for it beforehand is taken back."""
    change = run.change_set
    if run.several:
        for each in ImportRun.objects.filter(parent=run):
            forget(each)
            ImportProblem.objects.filter(run=each).delete()
    else:
        forget(run)
    ImportProblem.objects.filter(run=run).delete()
    run.delete()
    if change is not None:
        undo(change, by=by, at=timezone.now())
