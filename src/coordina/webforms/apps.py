"""Registration of web forms."""

from django.apps import AppConfig


class WebFormsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.webforms"
    label = "webforms"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.webforms import jobs, panels, personal, records
