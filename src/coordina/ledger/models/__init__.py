"""Change sets with their entries; jobs, schedules and events; running numbers; seals."""

from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.models.jobs import Event, Job, Pulse, Schedule
from coordina.ledger.models.seals import Seal, Verification
from coordina.ledger.models.sequences import Sequence

__all__ = [
    "Batch",
    "BatchEntry",
    "Change",
    "ChangeSet",
    "Event",
    "Job",
    "Pulse",
    "Schedule",
    "Seal",
    "Sequence",
    "Verification",
]
