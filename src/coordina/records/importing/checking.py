"""A verdict for every row before anything is written: what is new, what changes, what cannot be used and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import transaction

from coordina.core.images import encode
from coordina.records.importing.analysis import source
from coordina.records.importing.judging import Judge, Judged
from coordina.records.importing.plan import Plan
from coordina.records.importing.seen import Seen
from coordina.records.importing.writing import far_of
from coordina.records.imports.folding import folded
from coordina.records.imports.reading import rows
from coordina.records.models import ImportProblem, ImportRun, RunState

CHUNK = 2000
"""Rows that are judged, and written in one transaction: the more, the fewer pages of indexes are written twice."""
SAMPLE = 60
"""Rows of each verdict that the review page shows."""
MOST_MADE = 5000
"""Names of records to be made that are counted one by one."""

type Progress = Callable[[int], None]


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Any]] = field(default_factory=lambda: {"new": [], "update": []})
    made: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def check(run: ImportRun, *, progress: Progress) -> None:
    """Judge every row; counts, samples and problems are kept with the run."""
    plan = Plan.of(run)
    judge = Judge(plan, run.by)
    tally = _Tally()
    ImportProblem.objects.filter(run=run).delete()
    with Seen() as keys, Seen() as names:
        for part in batched(rows(source(run), plan.facts), CHUNK):
            judged = judge.judge(part)
            _ask_writer(judge, judged)
            _repeated(judge, judged, keys)
            if plan.own:
                names.add(judge.name_of(one) for one in judged if not one.errors)
            for one in judged:
                _count(tally, one)
            keep_problems(run, judged)
            progress(sum(tally.counts.values()))
        for name in plan.own:
            there = names.known(tally.made[name])
            tally.made[name] = {k: t for k, t in tally.made[name].items() if k not in there}
    run.counts = {**tally.counts, "made": {n: len(texts) for n, texts in tally.made.items() if texts}}
    run.samples = {
        **tally.samples,
        "made": {n: sorted(texts.values())[:SAMPLE] for n, texts in tally.made.items() if texts},
    }
    run.state = RunState.CHECKED
    run.save(update_fields=["counts", "samples", "state"])


def _ask_writer(judge: Judge, judged: Sequence[Judged]) -> None:
    """Ask the writer about each row, as the import itself will."""
    far = far_of(judge, judged)
    for one in judged:
        if not one.errors:
            judge.allowed(one)
        if not one.errors:
            judge.clean(one, None, far)


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
    if one.errors:
        return
    for name, text in one.pending.items():
        if len(tally.made[name]) < MOST_MADE:
            tally.made[name].setdefault(folded(text) or text, text)
    if len(tally.samples[one.verdict]) < SAMPLE:
        values = {n: encode(v) for n, v in one.values.items()}
        tally.samples[one.verdict].append(
            {"row": one.row.number, "values": values, "pending": one.pending, "other": len(one.other), "of": one.found}
        )


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
