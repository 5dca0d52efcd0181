"""What the steps of pipelines mean for fields that people add: from which stage on one is required."""

from collections.abc import Iterable, Sequence

from coordina.accounts import definitions
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.pipeline import rules
from coordina.pipeline.models import Stage
from coordina.pipeline.stages import Stages
from coordina.records.fields.building import LATER


def later(stage_id: int) -> Iterable[int]:
    """A stage with the open ones after it and the won end of its pipeline; what is lost need not be complete."""
    stages = Stages()
    first = stages.by_id.get(stage_id)
    if first is None:
        return ()
    here = [s for s in stages.all if s.pipeline_id == first.pipeline_id and s.kind != rules.LOST]
    return [s.pk for s in here if s.pk == first.pk or s.kind == rules.WON or s.position >= first.position]


LATER.add(Stage._meta.label, later)


@follows("pipeline.Stage")
def renew(entries: Sequence[Entry]) -> None:
    """Another order or name of stages changes what fields ask for."""
    if definitions.mark() is not None:
        definitions.move()
