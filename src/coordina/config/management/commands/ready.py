"""`./run manage ready`: what `/ready/` says, for scripts."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from coordina.core.storing.areas import the_store
from coordina.web.system.readiness import PATIENCE, in_order, readiness


def _why(name: str) -> str:
    """What is wrong with the files, in one line; nothing for other parts."""
    trouble = the_store().trouble(PATIENCE) if name == "files" else None
    return f": {trouble} at {the_store()}" if trouble is not None else ""


class Command(BaseCommand):
    """See the module."""

    help = "Say whether all that must be there is: database, migrations, worker and services; exit with 1 where not."
    requires_system_checks = ()  # what cannot be reached is the answer, no reason to stop

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each part."""
        found = readiness()
        for name, holds in found.items():
            self.stdout.write(f"{name}: {'ok' if holds else 'NOT OK'}{'' if holds else _why(name)}")
        if not in_order(found) or not found.get("files", True):  # no balancer asks here, but whoever sets things up
            sys.exit(1)
