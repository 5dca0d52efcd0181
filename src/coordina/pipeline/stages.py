"""All stages of the company, read once per action or chunk: they are few."""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Refusal
from coordina.pipeline import rules
from coordina.pipeline.models.stages import Stage


@dataclass
class Stages:
    """The stages in the order of their pipelines.

    Attributes:
        all: Every stage, by position of the pipeline, then its own.
    """

    all: list[Stage] = field(
        default_factory=lambda: list(
            Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline", "position", "pk")
        )
    )

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
