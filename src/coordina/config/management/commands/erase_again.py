"""`./run manage erase_again`: erase what a restored backup brought back; `serve` does it before it opens."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from coordina.config.restore import FIRST
from coordina.privacy.jobs import erase_again


class Command(BaseCommand):
    """See the module."""

    help = "Erase the people again who were erased since the backup that was restored."

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, say how many, and let the system open."""
        count = erase_again()
        (settings.DATA_DIR / FIRST).unlink(missing_ok=True)
        if count:
            self.stdout.write(f"Erased again: {count} records that the restored backup had brought back.")
