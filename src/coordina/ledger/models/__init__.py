"""Change sets with their entries; jobs, schedules and events; running numbers."""

from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.models.jobs import Event, Job, Schedule
from coordina.ledger.models.sequences import Sequence

__all__ = ["Batch", "BatchEntry", "Change", "ChangeSet", "Event", "Job", "Schedule", "Sequence"]
