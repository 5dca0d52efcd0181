"""Registration of customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.customers"
    label = "customers"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.customers import (
            contact_panels,
            defaults,
            duplicates,
            panels,
            personal,
            quality,
            records,
            timeline,
            watchers,
        )
