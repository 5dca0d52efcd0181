"""What records keep of people: what hangs on them, what follows from them, and what tools have seen of them."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from coordina.core.personal import Fate, Keeping, Rows, Subjects, holding, hung, keeps
from coordina.core.shredding import INDEXES
from coordina.core.types import type_of
from coordina.ledger.entries import type_id
from coordina.records import files
from coordina.records.importing import files as import_files
from coordina.records.models import (
    Attachment,
    BulkProblem,
    BulkRun,
    DuplicatePair,
    ExternalId,
    ImportProblem,
    ImportRun,
    ImportTwin,
    KeptFigures,
    MatchDue,
    MatchKey,
    Merged,
    Note,
    NotSame,
    QualityMark,
    SearchRow,
    TagLink,
)

INDEXES.append("INSERT INTO records_searchwords(records_searchwords) VALUES ('optimize')")


def typed(model: type[Model], *columns: str) -> Rows:
    """Rows of a machine table that name records by the number of their type."""

    def rows(who: Subjects) -> QuerySet[Any]:
        found = Q(pk__in=())
        for label in who.ids:
            for column in columns:
                found |= Q(**{"type_id": type_id(label), f"{column}__in": who.of(label)})
        return model._base_manager.filter(found)

    return rows


def _not_same(who: Subjects) -> QuerySet[NotSame]:
    found = Q(pk__in=())
    for label in who.ids:
        keys = who.of(label)
        found |= Q(subject_type=label) & (Q(low_id__in=keys) | Q(high_id__in=keys))
    return NotSame._base_manager.filter(found)


def _runs(model: type[Model], *columns: str) -> Rows:
    """Runs of a tool that wrote one of the records, or in whose notes somebody is named."""
    named = holding(model, *columns)

    def rows(who: Subjects) -> QuerySet[Any]:
        keys = set(model._base_manager.filter(change_set__in=sorted(who.changes)).values_list("pk", flat=True))
        return model._base_manager.filter(pk__in=sorted(keys | set(named(who).values_list("pk", flat=True))))

    return rows


def _bytes(file: Attachment) -> Iterable[Any]:
    return [files.place_of(file.path)]


def _uploaded(run: ImportRun) -> Iterable[Any]:
    return import_files.places_of(run)


def _still_told(run: ImportRun) -> dict[str, Any]:
    """What of the facts about a file is no cell of it."""
    return {"several": True} if run.several else {}


def _twins(who: Subjects) -> QuerySet[ImportTwin]:
    named = holding(ImportTwin, "name", "reasons")(who).values_list("pk", flat=True)
    ids = [pk for label in who.ids for pk in who.of(label)]
    runs = ImportRun.objects.filter(type__in=[label.split(".")[1].lower() for label in who.ids]).values("pk")
    return ImportTwin._base_manager.filter(Q(pk__in=list(named)) | Q(object_id__in=ids, run__in=runs))


def _bulk_problems(who: Subjects) -> QuerySet[BulkProblem]:
    named = holding(BulkProblem, "reason")(who).values_list("pk", flat=True)
    ids = [pk for label in who.ids for pk in who.of(label)]
    runs = BulkRun.objects.filter(type__in=[label.split(".")[1].lower() for label in who.ids]).values("pk")
    return BulkProblem._base_manager.filter(Q(pk__in=list(named)) | Q(object_id__in=ids, run__in=runs))


for _model in (Note, ExternalId, TagLink, Merged):
    keeps(Keeping(model=_model, fate=Fate.GONE, rows=hung(_model), told=_model is not Merged))
keeps(Keeping(model=Attachment, fate=Fate.GONE, rows=hung(Attachment), bytes_of=_bytes))
keeps(Keeping(model=NotSame, fate=Fate.GONE, rows=_not_same, told=False, tool=True))


def _marks(who: Subjects) -> QuerySet[QualityMark]:
    found = Q(pk__in=())
    for label in who.ids:
        found |= Q(type=type_of(apps.get_model(label)).name, object_id__in=who.of(label))
    return QualityMark._base_manager.filter(found)


keeps(Keeping(model=QualityMark, fate=Fate.GONE, rows=_marks, told=False, tool=True))
for _table in (SearchRow, MatchKey, MatchDue):
    keeps(Keeping(model=_table, fate=Fate.GONE, rows=typed(_table, "object_id"), told=False, tool=True))
keeps(
    Keeping(model=DuplicatePair, fate=Fate.GONE, rows=typed(DuplicatePair, "low_id", "high_id"), told=False, tool=True)
)
keeps(
    Keeping(
        model=ImportRun,
        fate=Fate.EMPTIED,
        rows=_runs(ImportRun, "file_name", "facts", "columns", "options", "samples", "result", "problem"),
        empties={"samples": {}, "problem": "", "facts": _still_told, "columns": []},
        bytes_of=_uploaded,
        told=False,
        tool=True,
    )
)
keeps(
    Keeping(
        model=ImportProblem,
        fate=Fate.GONE,
        rows=holding(ImportProblem, "cells", "reasons"),
        told=False,
        tool=True,
    )
)
keeps(Keeping(model=ImportTwin, fate=Fate.GONE, rows=_twins, told=False, tool=True))
keeps(
    Keeping(
        model=BulkRun,
        fate=Fate.EMPTIED,
        rows=_runs(BulkRun, "given", "query", "shown"),
        empties={"given": {}, "shown": {}},
        told=False,
        tool=True,
    )
)
keeps(Keeping(model=BulkProblem, fate=Fate.GONE, rows=_bulk_problems, told=False, tool=True))
keeps(Keeping(model=KeptFigures, fate=Fate.GONE, rows=holding(KeptFigures, "groups"), told=False, tool=True))
