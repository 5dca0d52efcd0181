"""What an imported column can be besides a field: the day of entry to each stage."""

from django.utils.translation import gettext_lazy as _

from coordina.core.types import Field, Kind
from coordina.pipeline.models import Stage
from coordina.pipeline.stages import Stages
from coordina.pipeline.writers import ENTERED


def _name(stage: Stage, several: bool) -> str:
    """A stage with its pipeline where there are several."""
    return f"{stage.name} ({stage.pipeline.name})" if several else stage.name


def entry_targets() -> list[Field]:
    """One target a stage, named `entered_stage:<id>`; the writer takes its value as a day of business."""
    stages = Stages().all
    several = len({stage.pipeline_id for stage in stages}) > 1
    return [
        Field(
            name=f"{ENTERED}{stage.pk}",
            label=_("Entered %(stage)s") % {"stage": _name(stage, several)},
            kind=Kind.DATE,
            virtual=True,
            filterable=False,
            aliases=tuple(
                pattern % stage.name.lower()
                for pattern in ("entered %s", "%s date", "date entered %s", "entrada en %s", "fecha de %s", "fecha %s")
            ),
        )
        for stage in stages
    ]
