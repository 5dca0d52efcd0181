"""Registration of core."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    """Core owns no models; it puts the net under every database connection."""

    name = "coordina.core"
    label = "core"

    def ready(self) -> None:
        """Register a lookup, and install the net that refuses unrecorded writes."""
        from coordina.core import among
        from coordina.core.guard import install

        connection_created.connect(install, dispatch_uid="coordina.core.guard")
