"""Stage entries on disk: reading the ways of some opportunities, and writing what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from coordina.core.bulk import bulk_save
from coordina.core.instances import fresh
from coordina.core.prepared import Prepared
from coordina.pipeline.models.opportunity import Opportunity
from coordina.pipeline.models.parts import StageEntry
from coordina.pipeline.rules import Step

BATCH = 1000
_ENTRIES = Prepared(
    lambda keys: StageEntry.objects.filter(opportunity_id__in=keys).order_by("opportunity_id", "position")
)


def entries_of(opportunities: Iterable[Opportunity]) -> dict[int, list[StageEntry]]:
    """The entries of some opportunities, each in order, by the opportunity's id; one query."""
    found: dict[int, list[StageEntry]] = defaultdict(list)
    keys = [o.pk for o in opportunities]
    for entry in _ENTRIES(keys):
        found[entry.opportunity_id].append(entry)
    return found


def steps_of(entries: Sequence[StageEntry]) -> list[Step]:
    """Entries as the rules know them."""
    return [Step(e.stage_id, e.entered_on, e.left_on, e.pk) for e in entries]


def write_ways(ways: Sequence[tuple[Opportunity, Sequence[StageEntry], Sequence[Step]]]) -> None:
    """Make the rows of each opportunity tell its way: what differs is saved, what is new is made."""
    changed: list[StageEntry] = []
    made: list[StageEntry] = []
    for opportunity, entries, steps in ways:
        known = {entry.pk: entry for entry in entries}
        for position, step in enumerate(steps, 1):
            current = position == len(steps)
            if step.key is None:
                entry = fresh(StageEntry, {"opportunity_id": opportunity.pk, "stage_id": step.stage})
                made.append(entry)
            else:
                entry = known[step.key]
                changed.append(entry)
            entry.position, entry.current = position, current
            entry.entered_on, entry.left_on = step.entered_on, step.left_on
    bulk_save(StageEntry, changed, ["position", "current", "entered_on", "left_on"])
    if made:
        StageEntry.objects.bulk_create(made, batch_size=BATCH)
