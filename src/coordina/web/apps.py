"""Registration of web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.web"
    label = "web"

    def ready(self) -> None:
        """Lend the small pieces of pages to rooms that draw rows of their own; let addresses name record types."""
        from coordina.core.pieces import lend
        from coordina.web import converters, html

        lend(html)
        converters.install()
