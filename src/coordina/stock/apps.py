"""Registration of stock."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.stock"
    label = "stock"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.stock import (
            buying_panels,
            buying_records,
            cells,
            levels,
            ordering,
            panels,
            personal,
            purchasing,
            receipts,
            records,
            watchers,
        )
