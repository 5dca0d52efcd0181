"""Change sets with their entries; jobs, schedules and events."""

from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.models.jobs import Event, Job, Schedule
