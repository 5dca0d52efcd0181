"""`./run manage export_everything FILE`: everything the company keeps in one archive, while people work."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coordina.accounts import definitions
from coordina.ledger.change_sets import change_set
from coordina.transfer.actions import note
from coordina.transfer.going_out import write_everything


class Command(BaseCommand):
    """See the module."""

    help = "Write everything the company keeps into one archive that any system of Coordina can read."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="the archive to write, .zip")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and put on the ledger that it was written."""
        target: Path = options["file"].resolve()
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.")
        definitions.agree()
        made = write_everything(target)
        with change_set(by=None, at=timezone.now(), via="system", action="transfer.order_archive", undoable=False):
            note(made, None)
        self.stdout.write(
            f"Wrote {target} ({made.size / 2**20:.1f} MB): {made.rows} rows and {made.files} files. It holds all that "
            "is known of everybody, so keep it safe; passwords and second factors are not in it."
        )
