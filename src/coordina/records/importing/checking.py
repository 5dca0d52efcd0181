"""A verdict for every row before anything is written: what is new, what changes, what cannot be used and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import transaction

from coordina.core.images import encode
from coordina.core.instances import loaded
from coordina.core.records import Record
from coordina.records.importing.converting import source
from coordina.records.importing.judged import Judged
from coordina.records.importing.judging import Judge
from coordina.records.importing.plan import Plan
from coordina.records.importing.promises import Promises
from coordina.records.importing.seen import Seen
from coordina.records.importing.troubles import Troubles
from coordina.records.importing.twins import find_twins
from coordina.records.importing.writing import differing, far_of, with_other
from coordina.records.imports.folding import folded
from coordina.records.imports.reading import Row, rows
from coordina.records.imports.values import answered
from coordina.records.models import ImportProblem, ImportRun, ImportTwin, RunState

CHUNK = 2000
"""Rows that are judged, and written in one transaction: the more, the fewer pages of indexes are written twice."""
SAMPLE = 60
"""Rows of each verdict that the review page shows."""
MOST_STRANGERS = 200
"""Owners nobody knows that are listed one by one."""
MOST_MADE = 5000
"""Names of records to be made that are counted one by one; pages say so where there may be more."""

type Progress = Callable[[int], None]


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Any]] = field(default_factory=lambda: {"new": [], "update": [], "same": []})
    made: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    troubles: Troubles = field(default_factory=Troubles)


def check(run: ImportRun, *, progress: Progress, promises: Promises | None = None) -> None:
    """Judge every row; counts, samples and problems are kept with the run.

    Args:
        promises: What earlier files of the same export will make; what this one will make is added.
    """
    plan = Plan.of(run)
    judge = Judge(plan, run.by, promises=promises)
    tally = _Tally()
    ImportProblem.objects.filter(run=run).delete()
    ImportTwin.objects.filter(run=run).delete()
    with Seen() as keys, Seen() as names:
        for part in batched(wanted_rows(run, plan), CHUNK):
            judged = judge.judge(part)
            _ask_writer(judge, judged)
            _repeated(judge, judged, keys)
            if plan.own:
                names.add(judge.name_of(one) for one in judged if not one.errors)
            if promises is not None:
                good = [one for one in judged if not one.errors]
                label = plan.type.model._meta.label
                promises.add(label, (one.external for one in good), map(judge.name_of, good))
            if twins := find_twins(run, judge, judged):
                tally.counts["twin"] += twins
            for one in judged:
                _count(tally, one)
            keep_problems(run, judged)
            progress(tally.counts.total() - tally.counts["twin"] - tally.counts["note"])
        for name in plan.own:
            there = names.known(tally.made[name])
            tally.made[name] = {k: t for k, t in tally.made[name].items() if k not in there}
    made = {n: len(texts) for n, texts in tally.made.items() if texts}
    run.counts = {**tally.counts, **_strangers(judge), "made": made}
    run.samples = {
        **tally.samples,
        "troubles": tally.troubles.as_json(),
        "made": {n: sorted(texts.values())[:SAMPLE] for n, texts in tally.made.items() if texts},
    }
    run.state = RunState.CHECKED
    run.save(update_fields=["counts", "samples", "state"])


def _strangers(judge: Judge) -> dict[str, Any]:
    """Owners that nobody here is, with how many rows name each, the most frequent first."""
    found = dict(judge.strangers.most_common(MOST_STRANGERS))
    return {"strangers": found} if found else {}


def wanted_rows(run: ImportRun, plan: Plan) -> Iterator[Row]:
    """The rows of a run's table without those that were deleted in the other program."""
    place = plan.deleted
    with source(run) as path:
        for row in rows(path, plan.facts):
            if place is None or answered(row.cells[place]) is not True:
                yield row


def _ask_writer(judge: Judge, judged: Sequence[Judged]) -> None:
    """Ask the writer about each row, as the import itself will."""
    far = far_of(judge, judged)
    here = _present(judge, judged)
    for one in judged:
        if not one.errors:
            judge.allowed(one)
        obj = here.get(one.found) if one.found is not None else None
        values = judge.clean(one, obj, far) if not one.errors else None
        if values is not None and obj is not None and not one.pending and not one.promised:
            one.same = not differing(obj, with_other(judge, one, obj, values))


def _present(judge: Judge, judged: Sequence[Judged]) -> dict[int, Record]:
    """The records that rows are about."""
    return loaded(judge.plan.type.model, {one.found for one in judged if one.found is not None and not one.errors})


def _repeated(judge: Judge, judged: Sequence[Judged], keys: Seen) -> None:
    """A row about a record that an earlier row of the file makes will change that one."""
    mine = [(one, "\0".join(key)) for one in judged if not one.errors and (key := judge.key_of(one)) is not None]
    before = keys.known(text for _one, text in mine)
    for one, text in mine:
        if text in before and one.found is None:
            one.repeats = True
        before.add(text)
    keys.add(text for _one, text in mine)


def _count(tally: _Tally, one: Judged) -> None:
    tally.counts[one.verdict] += 1
    if one.met and tally.troubles.add(one.met, one.row.number, left_out=bool(one.errors)):
        tally.counts["note"] += 1
    if one.errors:
        return
    for name, text in one.pending.items():
        if len(tally.made[name]) < MOST_MADE:
            tally.made[name].setdefault(folded(text) or text, text)
    if one.verdict in tally.samples and len(tally.samples[one.verdict]) < SAMPLE:
        values = {n: encode(v) for n, v in one.values.items()}
        sample = {"row": one.row.number, "values": values, "pending": one.pending | one.promised}
        tally.samples[one.verdict].append(sample | {"other": len(one.other), "of": one.found})


def keep_problems(run: ImportRun, judged: Sequence[Judged]) -> None:
    """Keep the rows that are left out, with their reasons and all their cells."""
    bad = [one for one in judged if one.errors]
    if bad:
        with transaction.atomic():
            ImportProblem.objects.bulk_create(
                ImportProblem(
                    run=run, number=one.row.number, cells=[*one.row.cells, *one.row.extra], reasons=one.errors
                )
                for one in bad
            )
