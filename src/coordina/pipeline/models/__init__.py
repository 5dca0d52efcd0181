"""Pipelines, stages, reasons, opportunities and what belongs to them."""

from coordina.pipeline.models.opportunity import Opportunity
from coordina.pipeline.models.pace import StagePace
from coordina.pipeline.models.parts import OpportunityLine, StageEntry, Stakeholder
from coordina.pipeline.models.stages import Pipeline, Reason, Stage
from coordina.pipeline.models.sums import StageSum

__all__ = [
    "Opportunity",
    "OpportunityLine",
    "Pipeline",
    "Reason",
    "Stage",
    "StageEntry",
    "StagePace",
    "StageSum",
    "Stakeholder",
]
