"""Several files of one export as one import: recognised each, put in order, judged and written one after the other.

The parent run has no rows. Its files are runs of their own that share its change set: all of it is undone as one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.types import RecordType
from coordina.ledger.models.changes import ChangeSet, State
from coordina.records.importing import checking, running, steps
from coordina.records.importing.checking import Progress
from coordina.records.importing.exports import EXPORTS, ExportTable
from coordina.records.importing.options import ImportOption, field_of, may_make, options_of
from coordina.records.importing.plan import NEW, Plan
from coordina.records.importing.promises import Promises
from coordina.records.importing.references import Resolver
from coordina.records.importing.tables import find_known, known_named
from coordina.records.importing.targets import by_name
from coordina.records.models import ExternalId, ImportRun, RunState

READABLE = (RunState.MAPPING, RunState.CHECKED, RunState.RUNNING, RunState.STOPPED, RunState.DONE)
"""States of a file that has a place and rows."""
LAST = 90
"""Order of files that no export tells the order of, when their type refers to nothing."""


def files_of(parent: ImportRun) -> list[ImportRun]:
    """The files of a parent in their order."""
    return list(ImportRun.objects.select_related("by", "change_set").filter(parent=parent).order_by("place", "pk"))


def placed(parent: ImportRun) -> list[ImportRun]:
    """The files that will be imported."""
    return [run for run in files_of(parent) if run.state in READABLE and run.type and not run.options.get("left_out")]


def table_of(run: ImportRun) -> ExportTable | None:
    """What the headers of a run's file say that it is."""
    return EXPORTS.get(str(run.facts.get("export", "")))


def read_all(parent: ImportRun, tell: Progress) -> None:
    """Read every file, put them in order and decide what can be decided; then judge their rows."""
    for run in files_of(parent):
        if run.state == RunState.READING:
            steps.read(run, lambda rows: tell(0))
        elif run.state in READABLE:
            run.state = RunState.MAPPING
            run.save(update_fields=["state"])
    _drop_guesses(parent)
    _put_in_order(parent)
    _link_by_name(parent)
    _answer(parent)
    check_all(parent, tell)


def _drop_guesses(parent: ImportRun) -> None:
    """In an export of a known program, a file that is none of its known tables is not taken for something else."""
    runs = files_of(parent)
    if not any(run.facts.get("export") for run in runs):
        return
    for run in runs:
        if run.facts.get("guessed") and run.type:
            ImportRun.objects.filter(pk=run.pk).update(type="", state=RunState.FAILED)


def _put_in_order(parent: ImportRun) -> None:
    """Files that others refer to come before them, whichever program they are from."""
    runs = files_of(parent)
    there = {run.type for run in runs if run.type}
    for run in runs:
        table = table_of(run)
        known = find_known(run.type) if run.type else None
        place = table.order if table is not None else 10 * _depth(known, there) if known is not None else LAST
        ImportRun.objects.filter(pk=run.pk).update(place=place)


def _depth(known: RecordType, there: set[str], below: int = 5) -> int:
    """How many types of the same export stand below a type."""
    nearer = [
        far
        for field in known.fields.values()
        if field.to is not None and field.editable and not field.far
        if (far := _type_of_model(field.to, there)) is not None and far is not known
    ]
    return 1 + max((_depth(far, there, below - 1) for far in nearer if below), default=0)


def _type_of_model(model: Any, there: set[str]) -> RecordType | None:
    return next((t for name in there if (t := find_known(name)) is not None and t.model is model), None)


def _link_by_name(parent: ImportRun) -> None:
    """Where the records that ids name are in no file and were never imported, names link instead, if there are any."""
    runs = placed(parent)
    models = {known_named(run.type).model._meta.label for run in runs}
    for run in runs:
        table, fields = table_of(run), by_name(known_named(run.type), run.by)
        for column in run.columns:
            if table is None or not column["by_id"] or not column["target"]:
                continue
            far = fields[column["target"]].field.to
            label = far._meta.label if far is not None else ""
            if label in models or ExternalId.objects.filter(subject_type=label, system=table.product).exists():
                continue
            named = [
                c for c in run.columns if table.target_of(c["header"]) == (column["target"], False) and c["filled"]
            ]
            if named:
                named[0]["target"], column["target"] = column["target"], ""
                named[0]["lenient"] = True
        run.save(update_fields=["columns"])


# What is asked once for all files ------------------------------------------------------------------------------------


def asked(parent: ImportRun) -> dict[str, ImportOption]:
    """The questions of all files, each once, by its field."""
    return {option.field: option for run in placed(parent) for option in options_of(known_named(run.type))}


def _answer(parent: ImportRun) -> None:
    """Answer each question with what the files fit into already, else with something new made from them."""
    answers = dict(parent.options.get("answers", {}))
    for name, option in asked(parent).items():
        if name not in answers:
            answers[name] = _fitting(parent, option)
    decide(parent, answers=answers, strangers={})


def texts_of(parent: ImportRun, option: ImportOption) -> list[str]:
    """The different cells of the columns from which a new answer is made, over all files, the most frequent first."""
    found: Counter[str] = Counter()
    for run in placed(parent):
        for column in run.columns:
            if column["target"] == option.source and option in options_of(known_named(run.type)):
                found.update(column["distinct"])
    return [text for text, _count in found.most_common()]


def _fitting(parent: ImportRun, option: ImportOption) -> str:
    """The record inside which all texts of the files are known; else a new one, else that which knows the most."""
    run = next((r for r in placed(parent) if option in options_of(known_named(r.type))), None)
    texts = texts_of(parent, option)
    if run is None:
        return ""
    known = known_named(run.type)
    far: Any = field_of(known, option).to
    keys = far.objects.visible_to(run.by).order_by("pk").values_list("pk", flat=True)[:50]
    inside, field = option.within.get(option.source), known.fields.get(option.source)
    if not texts or field is None or inside is None:
        return str(next(iter(keys), ""))
    found: list[tuple[int, int]] = []
    for key in keys:
        resolver = Resolver(field, run.by, {}, make=False, inside=(inside, key))
        found.append((sum(pk is not None for pk in resolver.find(texts).values()), -key))
    most, key = max(found, default=(0, 0))
    if most < len(texts) and may_make(known, option, run.by):
        return NEW
    return str(-key) if found else ""


def leave_out(parent: ImportRun, said: Mapping[int, bool]) -> None:
    """Leave files out, or take them in again.

    Args:
        said: By id of a file's run, whether it is left out.
    """
    for run in files_of(parent):
        if run.pk in said:
            run.options = {**run.options, "left_out": said[run.pk]}
            run.save(update_fields=["options"])


def decide(parent: ImportRun, *, answers: Mapping[str, str], strangers: Mapping[str, str]) -> None:
    """Take answers, and what owners nobody knows mean, for all files; what was judged before no longer counts.

    Args:
        answers: By question: id of a record, `new`, or nothing.
        strangers: By text of an owner: id of a user, `new` for a user without access, `empty` for nobody.
    """
    parent.options = {**parent.options, "answers": dict(answers)}
    parent.options["strangers"] = {**parent.options.get("strangers", {}), **strangers}
    parent.save(update_fields=["options"])
    for run in placed(parent):
        known = known_named(run.type)
        constants = dict(run.options.get("constants", {}))
        later: list[str] = []
        for option in options_of(known):
            answer = answers.get(option.field, "")
            constants[option.field] = "" if answer == NEW else answer
            later += option.within if answer == NEW else []
            for column in run.columns if answer else ():
                if column["target"] == option.field:  # one answer for all rows: the cells are kept with them
                    column["target"] = ""
        _mean(run, known, parent.options["strangers"])
        run.options = {**run.options, "constants": constants, "later": later}
        run.save(update_fields=["options", "columns"])


def _mean(run: ImportRun, known: RecordType, strangers: Mapping[str, str]) -> None:
    """Put decisions about owners into every column that names users."""
    fields = by_name(known, run.by)
    for column in run.columns:
        target = fields.get(column["target"])
        if target is not None and target.field.to is User:
            column["values"] = {**column["values"], **{text: said for text, said in strangers.items() if said}}


# Judging and writing -------------------------------------------------------------------------------------------------


def check_all(parent: ImportRun, tell: Progress) -> None:
    """Judge the rows of every file, knowing what the files before it will make."""
    behind = 0
    counts: Counter[str] = Counter()
    strangers: Counter[str] = Counter()
    with Promises() as promises:
        for run in placed(parent):
            before = behind
            checking.check(run, progress=lambda rows, before=before: tell(before + rows), promises=promises)  # type: ignore[misc]  # bound at once
            behind += int(run.facts.get("row_count", 0))
            counts.update({n: run.counts.get(n, 0) for n in ("new", "update", "same", "error")})
            strangers.update(run.counts.get("strangers", {}))
    rows = sum(int(run.facts.get("row_count", 0)) for run in placed(parent))
    parent.counts = {**counts, "strangers": dict(strangers.most_common(checking.MOST_STRANGERS))}
    parent.facts = {**parent.facts, "row_count": rows}
    parent.state = RunState.CHECKED if placed(parent) else RunState.FAILED
    parent.problem = "" if placed(parent) else _("None of the files has a place here.")
    parent.save(update_fields=["counts", "facts", "state", "problem"])


def execute_all(parent: ImportRun, *, progress: Progress) -> None:
    """Import every file in its order, all in one change set; goes on behind what is done already."""
    _make_answers(parent)
    behind = 0
    for run in placed(parent):
        before = behind
        run.change_set = parent.change_set
        if run.state != RunState.DONE:
            running.execute(run, progress=lambda rows, before=before: progress(before + rows))  # type: ignore[misc]  # bound at once
            parent.change_set = run.change_set or parent.change_set
        behind += int(run.facts.get("row_count", 0))
    counts: Counter[str] = Counter()
    for run in placed(parent):
        counts.update({n: c for n, c in run.counts.items() if isinstance(c, int)})
    with transaction.atomic():
        if parent.change_set is not None:
            ChangeSet.objects.filter(pk=parent.change_set.pk).update(state=State.DONE)
        parent.counts, parent.state, parent.behind = dict(counts), RunState.DONE, behind
        parent.save(update_fields=["counts", "state", "behind", "change_set"])


def _make_answers(parent: ImportRun) -> None:
    """Make what the questions were answered with, such as a pipeline from the stages of all files."""
    answers = dict(parent.options.get("answers", {}))
    for name, option in asked(parent).items():
        if answers.get(name) != NEW or option.make is None:
            continue
        run = next(r for r in placed(parent) if option in options_of(known_named(r.type)))
        run.change_set = parent.change_set
        table = next((t for r in placed(parent) if (t := table_of(r)) is not None), None)
        wanted = str(table.program) if table is not None else parent.file_name.rsplit(".", 1)[0][:60]
        with transaction.atomic():
            made = running.make_answer(run, option, _free(run, option, wanted), texts_of(parent, option), _ends(parent))
            answers[name] = str(made.pk)
            parent.change_set = run.change_set
            parent.save(update_fields=["change_set"])
            decide(parent, answers=answers, strangers={})


def _free(run: ImportRun, option: ImportOption, name: str) -> str:
    """A name that no such record has yet."""
    far: Any = field_of(known_named(run.type), option).to
    number, found = 1, name
    while far._base_manager.filter(**{far.title_column: found}).exists():
        number += 1
        found = f"{name} {number}"
    return found


def _ends(parent: ImportRun) -> dict[str, str]:
    """What the rows say about the end that each stage means: `won` or `lost`, by name of the stage."""
    found: dict[str, Counter[str]] = {}
    for run in placed(parent):
        table = table_of(run)
        if table is None or not table.ends[0]:
            continue
        plan = Plan.of(run)
        places = {c.header: c.index for c in plan.columns}
        columns = [places.get(name) for name in table.ends]
        source = next((plan.filled[o.source].index for o in options_of(plan.type) if o.source in plan.filled), None)
        if None in columns or source is None:
            continue
        for row in checking.wanted_rows(run, plan):
            over, won = (checking.answered(row.cells[place]) for place in columns if place is not None)
            end = "open" if not over else "won" if won else "lost"
            found.setdefault(row.cells[source].strip(), Counter())[end] += 1
    return {name: said.most_common(1)[0][0] for name, said in found.items() if name}


def taken_back(parent: ImportRun, state: str) -> None:
    """Let the files of a parent be where it is after an undo or redo."""
    ImportRun.objects.filter(parent=parent).exclude(change_set=None).update(state=state)
