"""Registration of catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.catalog import defaults, panels, price_records, records, tax_defaults, tax_records
