"""Registration of activity."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.activity"
    label = "activity"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.activity import (
            aftermath,
            delivery,
            hearing,
            kinds,
            news,
            personal,
            records,
            reminding,
            safety,
            timeline,
        )
        from coordina.activity.alerts import actions, jobs, keeping, rounds
