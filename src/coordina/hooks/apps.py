"""Registration of hooks."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """See the package's own docstring."""

    name = "coordina.hooks"
    label = "hooks"

    def ready(self) -> None:
        """Register what the package declares."""
        from coordina.hooks import cells, gathering, keeping, panels, personal, records, rest, sending
