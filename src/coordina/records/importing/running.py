"""Importing a checked file: in chunks, each with its own transaction, all in one change set.

A killed import goes on where its last committed chunk ended. Memory does not grow with the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched, islice
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.records import Record
from coordina.core.refusals import Forbidden
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.changes import Batch, Change, ChangeSet, State
from coordina.ledger.queue import progress as job
from coordina.ledger.undo import undo
from coordina.records.importing.checking import CHUNK, Progress, keep_problems, wanted_rows
from coordina.records.importing.judged import Judged
from coordina.records.importing.judging import Judge
from coordina.records.importing.options import ImportOption, may_make
from coordina.records.importing.plan import Plan
from coordina.records.importing.tables import known_named
from coordina.records.importing.titles import held_records
from coordina.records.importing.twins import decided
from coordina.records.importing.writing import Spoilt, forget, write
from coordina.records.imports.reading import Row
from coordina.records.models import ImportProblem, ImportRun, RunState

ACTION = "records.import"


def execute(run: ImportRun, *, progress: Progress) -> None:
    """Import what was decided; goes on behind the rows that are done already."""
    plan = Plan.of(run)
    if not run.behind:
        ImportProblem.objects.filter(run=run).delete()
        run.counts = {}
    judge = Judge(plan, run.by, dict(run.options.get("stubs", {})))
    if not run.options.get("linking"):
        for part in batched(islice(wanted_rows(run, plan), run.behind, None), CHUNK):
            _chunk(run, judge, part)
            progress(run.behind)
    if plan.linking:
        _link_rows(run, plan, judge, progress)
    with transaction.atomic():
        if run.change_set is not None and run.parent_id is None:
            ChangeSet.objects.filter(pk=run.change_set.pk).update(state=State.DONE)
        run.state = RunState.DONE
        run.save(update_fields=["state"])


def _link_rows(run: ImportRun, plan: Plan, judge: Judge, progress: Progress) -> None:
    """Go through the rows that name other rows of the same file again, now that all of them are there."""
    rows = run.behind
    if not run.options.get("linking"):
        run.behind, run.options = 0, {**run.options, "linking": rows}
        run.save(update_fields=["behind", "options"])
    rows, judge.linking = int(run.options["linking"]), True
    linked = (row for row in wanted_rows(run, plan) if any(row.cells[place].strip() for place in plan.linking))
    for part in batched(islice(linked, run.behind, None), CHUNK):
        _chunk(run, judge, part)
        progress(rows)
    run.behind, run.options = rows, {n: v for n, v in run.options.items() if n != "linking"}
    run.save(update_fields=["behind", "options"])


def _chunk(run: ImportRun, judge: Judge, part: Sequence[Row]) -> None:
    """Import some rows, in the hope that all are taken; if not, again so that only the bad ones are left out."""
    judge.net = False
    try:
        _transaction(run, judge, part)
    except Spoilt:
        judge.net = True
        _transaction(run, judge, part)


def _transaction(run: ImportRun, judge: Judge, part: Sequence[Row]) -> None:
    """One transaction: records, ledger, problems and how far the run is."""
    before = (run.behind, run.counts, run.change_set, run.options, dict(judge.stubs), set(judge.made))
    try:
        with change_set(
            by=run.by, at=timezone.now(), via="import", action=ACTION, resume=run.change_set, state=State.OPEN
        ) as journal:
            job.fence()
            row: ChangeSet = journal.context["change_set"]
            if row.pk is None:
                row.save()  # before any savepoint: one that is rolled back must not take it along
            counts = Counter(run.counts)
            for wave in _waves(run, judge, part):
                wrote = write(judge, wave, journal.at)
                if not judge.linking:
                    counts.update(wrote)
                    keep_problems(run, wave)
            run.change_set = row
            run.behind += len(part)
            run.counts = dict(counts)
            if judge.plan.own:
                run.options = {**run.options, "stubs": judge.stubs}
            run.save(update_fields=["change_set", "behind", "counts", "options"])
            if run.parent_id is not None:
                ImportRun.objects.filter(pk=run.parent_id).update(change_set=row)
    except BaseException:
        run.behind, run.counts, run.change_set, run.options, judge.stubs, judge.made = before
        judge.far.clear()
        forget(judge.references)
        if judge.identity is not None:
            judge.identity.forget()
        raise


def _waves(run: ImportRun, judge: Judge, part: Sequence[Row]) -> Iterator[list[Judged]]:
    """The chunk, and again those of its rows that speak of a record which an earlier row of the chunk makes."""
    left = list(part)
    while left:
        seen: set[tuple[str, str]] = set()
        wave: list[Judged] = []
        again: list[Row] = []
        for one in decided(run, judge, judge.judge(left)):
            key = judge.key_of(one)
            if key in seen:
                again.append(one.row)
                continue
            if key is not None:
                seen.add(key)
            wave.append(one)
        yield wave
        left = again


def make_answer(
    run: ImportRun, option: ImportOption, name: str, texts: Sequence[str], kinds: Mapping[str, str] | None = None
) -> Record:
    """Make the record that an option asks for; it belongs to the import and is undone with it.

    Raises:
        Forbidden: When the person may not make such records.
        Refusal: What the writer says.
    """
    plan = Plan.of(run)
    if option.make is None or not may_make(plan.type, option, run.by):
        raise Forbidden
    with change_set(
        by=run.by, at=timezone.now(), via="import", action=ACTION, resume=run.change_set, state=State.OPEN
    ) as journal:
        made = option.make(name, texts, by=run.by, at=journal.at, kinds=kinds or {})
        row: ChangeSet = journal.context["change_set"]
        run.change_set = row if row.pk is not None else None
        run.save(update_fields=["change_set"])
    return made


def written_rows(run: ImportRun) -> int:
    """How many rows the import wrote, of whichever table."""
    batched = Batch.objects.filter(change_set=run.change_set_id).aggregate(n=Sum("size"))["n"] or 0
    return Change.objects.filter(change_set=run.change_set_id).count() + int(batched)


def bring_back(run: ImportRun, by: User, *, progress: Progress) -> None:
    """Redo an import that was taken back: its undo is undone; what cannot return is listed."""
    undone: Any = run.change_set and _last_undo(run)
    if undone is None:
        run.state = RunState.UNDONE
    else:
        report = undo(undone, by=by, at=timezone.now(), progress=progress)
        held = held_records(report.held)
        run.result = {"undone": report.undone, "held": len(held), "besides": 0, "list": held[:500], "again": True}
        run.state = RunState.DONE
    run.save(update_fields=["result", "state"])


def _last_undo(run: ImportRun) -> ChangeSet | None:
    found = ChangeSet.objects.filter(undo_of=run.change_set_id, state__in=(State.DONE, State.PARTLY))
    return found.order_by("-pk").first()


def can_redo(run: ImportRun) -> bool:
    """Whether there is an undo of this import that can be undone."""
    return run.change_set_id is not None and _last_undo(run) is not None


def take_back(run: ImportRun, by: User, *, force: bool, progress: Progress) -> None:
    """Undo the whole import, overwritten values included; what others have built on is kept and listed."""
    change: Any = run.change_set
    if change is not None:
        report = undo(change, by=by, at=timezone.now(), force=force, progress=progress)
        held = held_records(report.held)
        label = known_named(run.type).model._meta.label if run.type else ""
        own, besides = ([h for h in held if (h["model"] == label) is of] for of in (True, False))
        counts = {"undone": report.undone, "held": len(own) or len(besides), "besides": len(besides) if own else 0}
        run.result = {**counts, "list": [*own, *besides][:500]}
        run.state = RunState.PARTLY if held else RunState.UNDONE
    else:
        run.state = RunState.UNDONE
    run.save(update_fields=["result", "state"])
