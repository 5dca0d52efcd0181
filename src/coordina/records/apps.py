"""Registration of records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.records"
    label = "records"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.records import changes, jobs, panels, personal, records, sources
        from coordina.records.bulk import steps
        from coordina.records.duplicates import index as keys
        from coordina.records.duplicates import jobs as twins
        from coordina.records.fields import registration
        from coordina.records.quality import jobs as quality
        from coordina.records.quality import marks
        from coordina.records.search import index
