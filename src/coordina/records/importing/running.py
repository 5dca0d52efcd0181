"""Checking a file and importing it: in chunks, each with its own transaction, all in one change set.

A killed import goes on where its last committed chunk ended. Memory does not grow with the file.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import batched, islice
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.changes import Values
from coordina.core.images import encode
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.changes import ChangeSet, State
from coordina.records.importing.analysis import source
from coordina.records.importing.judging import Judge, Judged, Progress
from coordina.records.importing.plan import Plan
from coordina.records.imports.reading import Row, rows
from coordina.records.models import ExternalId, ImportProblem, ImportRun, RunState

CHUNK = 500
SAMPLE = 60
"""Rows of each verdict that the review page shows."""
ACTION = "records.import"


def check(run: ImportRun, *, progress: Progress) -> None:
    """Give a verdict on every row before anything is written; counts, samples and problems are kept with the run."""
    plan = Plan.of(run)
    judge = Judge(plan, run.by)
    counts: Counter[str] = Counter()
    made: dict[str, set[str]] = {}
    samples: dict[str, list[Any]] = {"new": [], "update": []}
    ImportProblem.objects.filter(run=run).delete()
    for part in batched(rows(source(run), plan.facts), CHUNK):
        judged = judge.judge(part)
        _check_writable(judge, judged)
        for one in judged:
            counts[one.verdict] += 1
            for name, text in one.pending.items():
                if len(made.setdefault(name, set())) < 1000:
                    made[name].add(text)
            if one.verdict in samples and len(samples[one.verdict]) < SAMPLE:
                samples[one.verdict].append([one.row.number, list(one.row.cells), one.found])
        with transaction.atomic():
            _keep_problems(run, judged)
        progress(sum(counts.values()))
    run.counts = {**counts, "made": {n: len(texts) for n, texts in made.items()}}
    run.samples = {**samples, "made": {n: sorted(texts)[:SAMPLE] for n, texts in made.items()}}
    run.state = RunState.CHECKED
    run.save(update_fields=["counts", "samples", "state"])


def _check_writable(judge: Judge, judged: Sequence[Judged]) -> None:
    """Ask the writer about each row, as the import itself will."""
    far = _far(judge, judged)
    for one in judged:
        if not one.errors:
            judge.clean(one, None, far)


def execute(run: ImportRun, *, progress: Progress) -> None:
    """Import what was decided; goes on behind the rows that are done already."""
    plan = Plan.of(run)
    judge = Judge(plan, run.by)
    if not run.behind:
        ImportProblem.objects.filter(run=run).delete()
        run.counts = {}
    for part in batched(islice(rows(source(run), plan.facts), run.behind, None), CHUNK):
        _chunk(run, judge, part)
        progress(run.behind)
    with transaction.atomic():
        if run.change_set is not None:
            ChangeSet.objects.filter(pk=run.change_set.pk).update(state=State.DONE)
        run.state = RunState.DONE
        run.save(update_fields=["state"])


def _chunk(run: ImportRun, judge: Judge, part: Sequence[Row]) -> None:
    """One transaction: records, ledger, problems and how far the run is."""
    before = (run.behind, dict(run.counts), run.change_set)
    try:
        with change_set(
            by=run.by, at=timezone.now(), via="import", action=ACTION, resume=run.change_set, state=State.OPEN
        ) as journal:
            counts = Counter(run.counts)
            for wave in _waves(judge, part):
                counts.update(_write(judge, wave, journal.at))
                _keep_problems(run, wave)
            row: ChangeSet = journal.context["change_set"]
            run.change_set = row if row.pk is not None else None
            run.behind += len(part)
            run.counts = dict(counts)
            run.save(update_fields=["change_set", "behind", "counts"])
    except BaseException:
        run.behind, run.counts, run.change_set = before
        for resolver in judge.references.values():
            resolver.forget()
        raise


def _waves(judge: Judge, part: Sequence[Row]) -> Iterator[list[Judged]]:
    """The chunk, and again those of its rows that speak of a record which an earlier row of the chunk makes."""
    left = list(part)
    while left:
        judged = judge.judge(left)
        seen: set[Any] = set()
        wave: list[Judged] = []
        left = []
        for one in judged:
            keys = {k for k in (one.external and ("id", one.external), _match_key(judge, one)) if k}
            if keys & seen:
                left.append(one.row)
            else:
                seen |= keys
                wave.append(one)
        yield wave


def _match_key(judge: Judge, one: Judged) -> Any:
    name = judge.plan.match
    value = one.values.get(name) if name else None
    return ("match", value) if value not in (None, "") else None


def _write(judge: Judge, wave: list[Judged], at: Any) -> Counter[str]:
    """Write one wave; rows that are refused carry their errors afterwards."""
    _make_pending(judge, wave, at)
    far = _far(judge, wave)
    known = judge.plan.type
    here = _locked(judge, wave)
    new: list[tuple[Judged, Values]] = []
    changed: list[tuple[Judged, Record, Values]] = []
    counts: Counter[str] = Counter()
    for one in wave:
        obj = here.get(one.found) if one.found is not None else None
        if one.found is not None and obj is None and not one.errors:
            one.errors.append(("", _("You cannot change the record that this row is about.")))
        values = None if one.errors else judge.clean(one, obj, far)
        if values is None:
            continue
        if obj is None:
            new.append((one, values))
        elif differing := _differing(obj, values):
            changed.append((one, obj, differing))
        else:
            counts["same"] += 1
    made = _created(judge, new, at)
    known.writer.edit([(obj, values) for _one, obj, values in changed], by=judge.by, at=at) if changed else None
    linked = [(one, obj.pk) for one, obj in made] + [(one, obj.pk) for one, obj, _v in changed]
    _link(judge, linked)
    counts.update(new=len(made), update=len(changed), error=sum(bool(one.errors) for one in wave))
    return counts


def _created(judge: Judge, new: list[tuple[Judged, Values]], at: Any) -> list[tuple[Judged, Record]]:
    """Create in one go; when the writer refuses, row by row, so that only the bad ones are left out."""
    if not new:
        return []
    writer = judge.plan.type.writer
    try:
        with transaction.atomic():
            made = writer.create([values for _one, values in new], by=judge.by, at=at)
        return list(zip((one for one, _v in new), made, strict=True))
    except Refusal:
        done: list[tuple[Judged, Record]] = []
        for one, values in new:
            try:
                with transaction.atomic():
                    done.append((one, writer.create([values], by=judge.by, at=at)[0]))
            except Refusal as refusal:
                one.errors += [("", m) for messages in refusal.errors.values() for m in messages]
        return done


def _locked(judge: Judge, wave: Sequence[Judged]) -> dict[int, Record]:
    """The records that rows update, as far as this person may change them."""
    keys = [one.found for one in wave if one.found is not None]
    if not keys or judge.edit is None:
        return {}
    rows_: Any = judge.plan.type.model.objects
    return {o.pk: o for o in rows_.within(judge.by, judge.edit.permission).locked().filter(pk__in=keys)}


def _differing(obj: Record, values: Values) -> Values:
    """Only what is not so already; values that are no columns are always written."""
    columns = {f.name: f for f in obj._meta.concrete_fields}
    return {
        n: v
        for n, v in values.items()
        if n not in columns or encode(getattr(obj, columns[n].attname)) != encode(v.pk if isinstance(v, Model) else v)
    }


def _make_pending(judge: Judge, wave: Sequence[Judged], at: Any) -> None:
    """Make the records that rows refer to and that do not exist."""
    for name, resolver in judge.references.items():
        texts = {one.pending[name] for one in wave if name in one.pending and not one.errors}
        if not texts:
            continue
        known = resolver.find(texts)
        left = sorted(t for t in texts if known[t] is None)
        keys = {t: pk for t, pk in known.items() if pk is not None} | resolver.created(left, at=at)
        for one in wave:
            if name in one.pending and one.pending[name] in keys:
                one.values[name] = keys[one.pending.pop(name)]


def _far(judge: Judge, wave: Sequence[Judged]) -> dict[str, dict[int, Record]]:
    """The records that values refer to, loaded once a chunk."""
    found: dict[str, dict[int, Record]] = {}
    names = set(judge.references) | {n for n in judge.plan.constants if n in judge.plan.type.fields}
    for name in names:
        known = judge.plan.type.fields.get(name) or judge.plan.filled[name].target.field  # type: ignore[union-attr]  # filled columns have one
        if known.to is not None:
            keys = {one.values[name] for one in wave if isinstance(one.values.get(name), int)}
            far: Any = known.to.objects
            found[name] = far.in_bulk(keys)
    return found


def _link(judge: Judge, linked: Sequence[tuple[Judged, int]]) -> None:
    """Remember the ids of the other system."""
    wanted = {one.external: pk for one, pk in linked if one.external}
    if not wanted:
        return
    label, system = judge.plan.type.model._meta.label, judge.plan.system
    have = ExternalId.objects.filter(subject_type=label, system=system, value__in=list(wanted))
    known = set(have.values_list("value", flat=True))
    ExternalId.objects.bulk_create(
        [
            ExternalId(subject_type=label, subject_id=pk, system=system, value=value)
            for value, pk in wanted.items()
            if value not in known
        ]
    )


def _keep_problems(run: ImportRun, judged: Sequence[Judged]) -> None:
    ImportProblem.objects.bulk_create(
        ImportProblem(run=run, number=one.row.number, cells=list(one.row.cells), reasons=one.errors)
        for one in judged
        if one.errors
    )


def start(by: User, type_name: str, file_name: str, path: str, size: int) -> ImportRun:
    """A new run for an uploaded file."""
    run: ImportRun = ImportRun.objects.create(
        by=by, type=type_name, file_name=file_name[:255], path=path, size=size, created_at=timezone.now()
    )
    return run
