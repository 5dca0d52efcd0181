"""Registration of records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.records"
    label = "records"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.records import changes, jobs, panels, records, sources  # noqa: F401  # registration by import
        from coordina.records.bulk import steps  # noqa: F401  # registration of its jobs
        from coordina.records.duplicates import index as keys  # noqa: F401  # follows writes
        from coordina.records.duplicates import jobs as twins  # noqa: F401  # follows writes and looks for twins
        from coordina.records.fields import registration  # noqa: F401  # definitions of fields
        from coordina.records.search import index  # noqa: F401  # follows writes
