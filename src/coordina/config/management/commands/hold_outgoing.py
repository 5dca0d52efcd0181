"""`./run manage hold_outgoing`: nothing leaves until an administrator says so; `serve` does it after a restore."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from coordina.accounts.models import Organization
from coordina.config.restore import HOLD
from coordina.ledger.change_sets import change_set


class Command(BaseCommand):
    """See the module."""

    help = "Let no mail and no call of another program leave until an administrator lets them, in the settings."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, on record; a database without a company has nothing to send."""
        now = timezone.now()
        with change_set(by=None, at=now, via="system", action="accounts.hold_outgoing", undoable=False):
            company: Organization | None = Organization.objects.locked().order_by("pk").first()
            if company is not None:
                company.held_since = now
                company.save()
        (settings.DATA_DIR / HOLD).unlink(missing_ok=True)
        self.stdout.write("Nothing leaves until an administrator lets it: Settings › System.")
