"""What hangs on any record: tags, notes, files, ids of other systems; and what a record keeps besides its fields."""

from coordina.records.models.base import Extensible, Hanger
from coordina.records.models.bulk import BulkProblem, BulkRun, BulkState
from coordina.records.models.duplicates import DuplicatePair, MatchDue, MatchKey, Merged, NotSame
from coordina.records.models.fields import (
    CustomField,
    FieldIndex,
    FieldKind,
    FieldWork,
    IndexState,
    OtherKey,
    WorkState,
)
from coordina.records.models.hung import Attachment, ExternalId, Note, Tag, TagLink
from coordina.records.models.imports import ImportProblem, ImportRun, ImportTwin, RunState
from coordina.records.models.mappings import ImportMapping
from coordina.records.models.quality import QualityLook, QualityMark
from coordina.records.models.saved import Audience, FirstView, KeptFigures, Layout, SavedView
from coordina.records.models.search import SearchRow

__all__ = [
    "Attachment",
    "Audience",
    "BulkProblem",
    "BulkRun",
    "BulkState",
    "CustomField",
    "DuplicatePair",
    "Extensible",
    "ExternalId",
    "FieldIndex",
    "FieldKind",
    "FieldWork",
    "FirstView",
    "Hanger",
    "ImportMapping",
    "ImportProblem",
    "ImportRun",
    "ImportTwin",
    "IndexState",
    "KeptFigures",
    "Layout",
    "MatchDue",
    "MatchKey",
    "Merged",
    "NotSame",
    "Note",
    "OtherKey",
    "QualityLook",
    "QualityMark",
    "RunState",
    "SavedView",
    "SearchRow",
    "Tag",
    "TagLink",
    "WorkState",
]
