"""Registration of web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.web"
    label = "web"

    def ready(self) -> None:
        """Lend the pieces of pages; let addresses name record types; let every record be commented and followed."""
        from coordina.activity.panels import offer
        from coordina.core.pieces import lend
        from coordina.core.types import TYPES
        from coordina.web import converters, html
        from coordina.web.saved import jobs

        lend(html)
        from coordina.web.today import panels

        converters.install()
        for known in TYPES:
            offer(known)
