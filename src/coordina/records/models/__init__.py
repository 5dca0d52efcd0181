"""What hangs on any record: tags, notes, files, ids of other systems; and what a record keeps besides its fields."""

from coordina.records.models.base import Extensible, Hanger
from coordina.records.models.bulk import BulkProblem, BulkRun, BulkState
from coordina.records.models.duplicates import DuplicatePair, MatchDue, MatchKey, Merged, NotSame
from coordina.records.models.hung import Attachment, ExternalId, Note, Tag, TagLink
from coordina.records.models.imports import ImportProblem, ImportRun, RunState
from coordina.records.models.saved import Audience, FirstView, KeptFigures, Layout, SavedView
from coordina.records.models.search import SearchRow

__all__ = [
    "Attachment",
    "Audience",
    "BulkProblem",
    "BulkRun",
    "BulkState",
    "DuplicatePair",
    "Extensible",
    "ExternalId",
    "FirstView",
    "Hanger",
    "ImportProblem",
    "ImportRun",
    "KeptFigures",
    "Layout",
    "MatchDue",
    "MatchKey",
    "Merged",
    "NotSame",
    "Note",
    "RunState",
    "SavedView",
    "SearchRow",
    "Tag",
    "TagLink",
]
