"""New rows that may be there already: found while the file is checked, decided row by row or for all of them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.lookup import Twin, twins_of_many
from coordina.records.importing.judged import Judged
from coordina.records.importing.judging import Judge
from coordina.records.importing.plan import Mode
from coordina.records.models import ImportRun, ImportTwin
from coordina.records.models.imports import TwinChoice


def find_twins(run: ImportRun, judge: Judge, judged: Sequence[Judged]) -> int:
    """Keep the new rows of a chunk that may be there already, as far as the importer sees what is there.

    Returns:
        How many there are.
    """
    kind = MATCHINGS.get(judge.plan.type.name)
    new = [one for one in judged if one.verdict == "new" and not one.again]
    if kind is None or not new:
        return 0
    best = twins_of_many(kind, [kind.facts(one.values, run.by) for one in new], seen_by=run.by)
    rows = [_row(run, judge, one, twin) for one, twin in zip(new, best, strict=True) if twin is not None]
    with transaction.atomic():
        ImportTwin.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _row(run: ImportRun, judge: Judge, one: Judged, twin: Twin) -> ImportTwin:
    title: Any = one.values.get(judge.plan.type.title, "")
    reasons = [[str(r.trait), round(r.alike, 3), r.bits] for r in twin.verdict.reasons]
    name, score = str(title)[:250], twin.verdict.score
    return ImportTwin(run=run, number=one.row.number, name=name, object_id=twin.pk, score=score, reasons=reasons)


def decided(run: ImportRun, judge: Judge, judged: list[Judged]) -> list[Judged]:
    """Let rows update the record they may be, or leave them out, as was decided."""
    rows = ImportTwin.objects.filter(run=run, number__in=[one.row.number for one in judged])
    said = {number: (key, choice) for number, key, choice in rows.values_list("number", "object_id", "choice")}
    for one in judged:
        key, choice = said.get(one.row.number, (None, TwinChoice.CREATE))
        if one.errors or one.found is not None or choice == TwinChoice.CREATE:
            continue
        if choice == TwinChoice.SKIP:
            one.errors.append(("", _("Left out: it may be there already.")))
        elif judge.plan.mode is not Mode.CREATE:
            one.found = key
    return judged


def decide(run: ImportRun, choice: str, mark: int | None = None) -> None:
    """Keep what becomes of a row, or of all rows that may be there already.

    Args:
        choice: A value of `TwinChoice`.
        mark: Id of the row's `ImportTwin`; all of the run when None.
    """
    only = {} if mark is None else {"pk": mark}
    ImportTwin.objects.filter(run=run, **only).update(choice=choice)


def choices_of(mode: Mode) -> list[tuple[str, str]]:
    """What can be decided: an import that only creates updates nothing."""
    return [(c.value, str(c.label)) for c in TwinChoice if mode is not Mode.CREATE or c is not TwinChoice.UPDATE]
