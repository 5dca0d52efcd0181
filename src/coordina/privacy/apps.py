"""Registration of privacy."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """See the room's own docstring."""

    name = "coordina.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Register what the room declares."""
        from coordina.privacy import jobs, panels, personal, records, watchers
