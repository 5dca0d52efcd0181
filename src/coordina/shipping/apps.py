"""Registration of shipping."""

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.shipping"
    label = "shipping"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.shipping import cells, panels, personal, records, watchers
