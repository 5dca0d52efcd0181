"""Registration of everything out and in."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.transfer"
    label = "transfer"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.transfer import actions, jobs
