"""Registration of leads."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.leads"
    label = "leads"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.leads import (
            cells,
            defaults,
            duplicates,
            metrics,
            panels,
            personal,
            quality,
            records,
            timeline,
            watchers,
        )
