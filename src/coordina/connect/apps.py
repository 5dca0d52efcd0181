"""Registration of connect."""

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.connect"
    label = "connect"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.connect import cards, hubspot, salesforce, zoho
