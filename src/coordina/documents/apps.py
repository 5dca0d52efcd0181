"""Registration of documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.documents"
    label = "documents"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.documents import records
