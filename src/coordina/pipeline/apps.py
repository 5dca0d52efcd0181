"""Registration of pipeline."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.pipeline"
    label = "pipeline"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.pipeline import (
            asking,
            cells,
            defaults,
            following,
            history,
            jobs,
            metrics,
            panels,
            personal,
            quality,
            records,
            sums,
            watchers,
        )
