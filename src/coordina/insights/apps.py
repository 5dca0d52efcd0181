"""Registration of insights."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.insights"
    label = "insights"

    def ready(self) -> None:
        """Register what the room declares."""
