"""Registration of orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.orders"
    label = "orders"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.orders import actions, cells, metrics, panels, personal, records, settling, watchers, winning
