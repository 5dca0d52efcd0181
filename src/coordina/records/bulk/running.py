"""A bulk run from its records to its result: gathered, judged, then written in chunks, all in one change set.

A killed run goes on where its last committed chunk ended: how far it is, is written in the transaction of each chunk.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core import changes
from coordina.core.actions import follow_up
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import TYPES
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.changes import ChangeSet, State
from coordina.ledger.outbox import together
from coordina.ledger.queue import progress as job
from coordina.records.bulk.judging import Verdict, judge, reason_of
from coordina.records.bulk.order import Mark, Order
from coordina.records.bulk.previewing import Preview
from coordina.records.models import BulkProblem, BulkRun, BulkState
from coordina.records.vocabularies import vocabulary_of

type Progress = Callable[[int], None]


def marks_of(run: BulkRun) -> list[Mark]:
    """The records of a run."""
    return [(pk, version) for pk, version in json.loads(zlib.decompress(bytes(run.rows)))] if run.rows else []


def packed(marks: Iterable[Mark]) -> bytes:
    """Records as a run keeps them."""
    return zlib.compress(json.dumps([list(mark) for mark in marks], separators=(",", ":")).encode(), 1)


def asked_for(run: BulkRun, by: User, at: datetime) -> Any:
    """The records that a run is about, as its person sees them now.

    Raises:
        BadFilter: When the filter cannot be read any more.
    """
    known = TYPES[run.type]
    rows: Any = known.model.objects.visible_to(by)
    if run.query is None:
        return rows.filter(pk__in=[pk for pk, _version in marks_of(run)])
    node = parse(run.query)
    if node is None:
        return rows
    asker = Asker(user=by, now=at, time_zone=timezone.get_current_timezone())
    return rows.filter(compile_filter(node, vocabulary_of(known), asker))


def acting(run: BulkRun) -> User:
    """The person of a run, who must still be allowed to do it.

    Raises:
        Forbidden: When access or permission are gone by now.
    """
    by: User = User.objects.for_request().get(pk=run.by_id)
    if by.access != Access.ACTIVE or not by.may(Order.of(run, by).declared.permission):
        raise Forbidden
    return by


def check(run: BulkRun, *, progress: Progress) -> None:
    """Gather the records and judge each; nothing is written but the run itself."""
    by, at = acting(run), timezone.now()
    order = Order.of(run, by)
    marks = list(asked_for(run, by, at).order_by("pk").values_list("pk", "version"))
    BulkProblem.objects.filter(run=run).delete()
    run.total = len(marks)
    preview = Preview(order)
    left: list[Mark] = []
    behind = 0
    for part in batched(marks, order.chunk):
        verdicts = _tried(order, part, at)
        preview.take(verdicts)
        changing = {v.pk for v in verdicts if not v.reason and not v.same}
        left += [mark for mark in part if mark[0] in changing]
        _keep(run, verdicts)
        behind += len(part)
        progress(behind)
    run.rows, run.counts, run.shown = packed(left), dict(preview.counts), preview.shown()
    run.state, run.behind = BulkState.CHECKED, 0
    run.save(update_fields=["rows", "total", "counts", "shown", "state", "behind"])


def _tried(order: Order, part: Sequence[Mark], at: datetime) -> list[Verdict]:
    """Judge some records; what only the doing can tell is done and rolled back."""
    if order.planned or order.deletes:
        with changes.opened(changes.Journal(at, {"by": order.by}, _refuse_to_write)):
            return judge(order, part, at)
    verdicts: list[Verdict] = []
    try:
        with change_set(by=order.by, at=at, via="bulk", action=order.declared.name) as journal:
            journal.context["change_set"].save()
            verdicts = _netted(order, part, journal)
            raise _Rehearsed
    except _Rehearsed:
        return verdicts


class _Rehearsed(Exception):
    """Ends a transaction that was only to show what would happen."""


def _refuse_to_write(journal: changes.Journal, entries: Any) -> None:
    raise RuntimeError("a check writes nothing")


def execute(run: BulkRun, *, progress: Progress) -> None:
    """Do what was previewed; goes on behind the records that are done already."""
    by = acting(run)
    order = Order.of(run, by)
    marks = marks_of(run)
    for part in batched(marks[run.behind :], order.chunk):
        _chunk(run, order, part)
        progress(run.behind)
    finish(run, BulkState.DONE)


def finish(run: BulkRun, state: BulkState) -> None:
    """Close a run: its change set can be undone from now on."""
    with transaction.atomic():
        if run.change_set_id is not None and not run.counts.get("done"):
            empty, run.change_set = run.change_set_id, None
            run.save(update_fields=["change_set"])
            ChangeSet.objects.filter(pk=empty).delete()
        elif run.change_set_id is not None:
            ChangeSet.objects.filter(pk=run.change_set_id, state=State.OPEN).update(state=State.DONE)
        run.state = state
        run.save(update_fields=["state"])


def _chunk(run: BulkRun, order: Order, part: Sequence[Mark]) -> None:
    """Write some records, in the hope that all are taken; if not, again so that only the bad ones are left out."""
    try:
        _transaction(run, order, part, netted=False)
    except (Refusal, DatabaseError):
        _transaction(run, order, part, netted=True)


def _transaction(run: BulkRun, order: Order, part: Sequence[Mark], *, netted: bool) -> None:
    """One transaction: records, ledger, problems and how far the run is."""
    before = (run.behind, run.counts, run.change_set)
    try:
        with change_set(
            by=order.by,
            at=timezone.now(),
            via="bulk",
            action=order.declared.name,
            resume=run.change_set,
            state=State.OPEN,
            undoable=order.declared.undoable,
        ) as journal:
            job.fence()
            row: ChangeSet = journal.context["change_set"]
            if row.pk is None:
                row.save()  # before any savepoint: one that is rolled back must not take it along
            verdicts = _netted(order, part, journal) if netted else written(order, part, journal)
            _keep(run, verdicts)
            counts = Counter(run.counts)
            for verdict in verdicts:
                counts["refused" if verdict.reason else "same" if verdict.same else "done"] += 1
            run.change_set, run.behind, run.counts = row, run.behind + len(part), dict(counts)
            run.save(update_fields=["change_set", "behind", "counts"])
    except BaseException:
        run.behind, run.counts, run.change_set = before
        raise


def written(order: Order, part: Sequence[Mark], journal: changes.Journal) -> list[Verdict]:
    """Judge records as they are now, locked, and write those that may be.

    Raises:
        Refusal: When the writer refuses one of them; then nothing of them may stay.
    """
    own: ChangeSet = journal.context["change_set"]
    verdicts = judge(order, part, journal.at, lock=True, own=own)
    ready = [v for v in verdicts if not v.reason and not v.same]
    if not ready:
        return verdicts
    with together():
        if order.deletes:
            order.known.writer.delete([v.obj for v in ready], by=order.by, at=journal.at)
        elif order.planned:
            order.known.writer.edit([(v.obj, v.values or {}) for v in ready], by=order.by, at=journal.at)
            for one in ready:
                follow_up(order.declared, one.obj, by=order.by, at=journal.at)
        else:
            words = order.words([v.pk for v in ready])
            for one in ready:
                assert one.obj is not None
                order.declared.fn(**order.kwargs(one.obj, words, journal.at))
    return verdicts


def _netted(order: Order, part: Sequence[Mark], journal: changes.Journal) -> list[Verdict]:
    """Write records; when they are refused, halves of them, so that only the bad ones are left out."""
    try:
        with transaction.atomic():
            return written(order, part, journal)
    except (Refusal, DatabaseError) as error:
        if len(part) == 1:
            known = isinstance(error, Refusal)
            reason = reason_of(order, error) if known else ""  # type: ignore[arg-type]  # just asked
            return [Verdict(part[0][0], reason=reason or _("The database does not take this."))]
    half = len(part) // 2
    return _netted(order, part[:half], journal) + _netted(order, part[half:], journal)


def _keep(run: BulkRun, verdicts: Sequence[Verdict]) -> None:
    """Keep the records that are left out, with the reasons."""
    refused = [BulkProblem(run=run, object_id=v.pk, reason=v.reason) for v in verdicts if v.reason]
    BulkProblem.objects.bulk_create(refused, batch_size=500)
