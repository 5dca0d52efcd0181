"""Registration of promises."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.promises"
    label = "promises"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.promises import actions, panels, promising, records, slipping, telling, watchers
