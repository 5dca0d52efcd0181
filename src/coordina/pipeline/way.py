"""Stage entries on disk: reading the ways of some records, and writing what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from coordina.core.bulk import bulk_save
from coordina.core.instances import fresh
from coordina.core.prepared import Prepared
from coordina.core.records import Record
from coordina.pipeline.models.parts import StageEntry
from coordina.pipeline.rules import Step

BATCH = 1000


class Ways:
    """The ways that records of one model go through stages, kept as rows of another.

    Args:
        entry: The model of the rows; with `stage`, `entered_on`, `left_on`, `position` and `current`.
        whole: Its foreign key to the record that goes the way.
    """

    def __init__(self, entry: type[Record], whole: str) -> None:
        self.entry, self.column = entry, f"{whole}_id"
        self._read = Prepared(
            lambda keys: entry.objects.filter(**{f"{whole}_id__in": keys}).order_by(self.column, "position")
        )

    def entries_of(self, records: Iterable[Record]) -> dict[int, list[Any]]:
        """The entries of some records, each in order, by the record's id; one query."""
        found: dict[int, list[Any]] = defaultdict(list)
        for entry in self._read([record.pk for record in records]):
            found[getattr(entry, self.column)].append(entry)
        return found

    def write(self, ways: Sequence[tuple[Record, Sequence[Any], Sequence[Step]]]) -> None:
        """Make the rows of each record tell its way: what differs is saved, what is new is made."""
        changed: list[Any] = []
        made: list[Any] = []
        for record, entries, steps in ways:
            known = {entry.pk: entry for entry in entries}
            for position, step in enumerate(steps, 1):
                entry: Any = known.get(step.key)
                if entry is None:
                    entry = fresh(self.entry, {self.column: record.pk, "stage_id": step.stage})
                    made.append(entry)
                else:
                    changed.append(entry)
                entry.position, entry.current = position, position == len(steps)
                entry.entered_on, entry.left_on = step.entered_on, step.left_on
        bulk_save(self.entry, changed, ["position", "current", "entered_on", "left_on"])
        if made:
            self.entry.objects.bulk_create(made, batch_size=BATCH)


OPPORTUNITIES = Ways(StageEntry, "opportunity")


def steps_of(entries: Sequence[Any]) -> list[Step]:
    """Entries as the rules know them."""
    return [Step(e.stage_id, e.entered_on, e.left_on, e.pk) for e in entries]
