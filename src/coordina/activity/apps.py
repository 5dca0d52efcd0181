"""Registration of activity."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.activity"
    label = "activity"
