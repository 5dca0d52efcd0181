"""All stages of the company, read once per action or chunk: they are few."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.refusals import Refusal
from coordina.core.remembered import Remembered
from coordina.pipeline import rules
from coordina.pipeline.models.stages import Stage

EVERY: Remembered[Stage] = Remembered(
    lambda: Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline", "position", "pk")
)
"""All stages with their pipelines."""


@dataclass
class Stages:
    """The stages in the order of their pipelines.

    Attributes:
        all: Every stage, by position of the pipeline, then its own.
    """

    all: list[Stage] = field(default_factory=lambda: EVERY())

    @cached_property
    def by_id(self) -> dict[int, Stage]:
        """Stages by id."""
        return {stage.pk: stage for stage in self.all}

    @cached_property
    def order(self) -> dict[int, int]:
        """Place of each stage, by id."""
        return {stage.pk: place for place, stage in enumerate(self.all)}

    def of(self, pipeline: int, kind: str | None = None) -> list[Stage]:
        """The stages of one pipeline, all or those of one kind."""
        return [s for s in self.all if s.pipeline_id == pipeline and kind in (None, s.kind)]

    def first(self, pipeline: int | None = None, kind: str = rules.OPEN) -> Stage:
        """The first stage of a kind, in one pipeline or in the first that has one.

        Raises:
            Refusal: At `stage`, where there is none.
        """
        for stage in self.all:
            if stage.kind == kind and pipeline in (None, stage.pipeline_id):
                return stage
        raise Refusal("no_stage", _("No stage fits. Make a pipeline with stages in Settings first."), field="stage")


KEPT_SECONDS = 2.0
_places: tuple[float, dict[int, tuple[int, int]]] | None = None


def place_of(stage: int) -> tuple[int, int]:
    """Which of how many open stages a stage is, for drawing: at most two seconds old; an end is past the last."""
    global _places
    if _places is None or monotonic() - _places[0] > KEPT_SECONDS:
        all_stages = Stages()
        found: dict[int, tuple[int, int]] = {}
        for known in all_stages.all:
            way = all_stages.of(known.pipeline_id, rules.OPEN)
            place = way.index(known) + 1 if known in way else len(way) + 1
            found[known.pk] = (place, len(way))
        _places = (monotonic(), found)
    return _places[1].get(stage, (0, 1))


@follows("pipeline.Stage", "pipeline.Pipeline")
def forget_places(entries: Sequence[Entry]) -> None:
    """Look at the stages again before the next drawing."""
    global _places
    _places = None


def stages_for(record: Any) -> dict[str, Any]:
    """Which stages an action on a record offers: the open ones of its own pipeline."""
    pipeline = getattr(record, "pipeline_id", None)
    return {} if pipeline is None else {"pipeline_id": pipeline, "kind": rules.OPEN}
