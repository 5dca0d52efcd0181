"""Registration of web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.web"
    label = "web"

    def ready(self) -> None:
        """Register what the room declares."""
