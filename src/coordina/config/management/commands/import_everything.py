"""`./run manage import_everything FILE`: an archive of everything into a new, empty system.

A mark in the data folder stands from before the first write until all is done, and holds the digest of the archive:
cut off before the commit, the system is empty and the archive is read again; after it, only what follows is done again.
"""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from coordina.config.restore import FIRST, HOLD, LIST, UNREAD, alone
from coordina.transfer import coming_in, finishing
from coordina.transfer.opening import Opened, Refused, opened


class Command(BaseCommand):
    """See the module."""

    help = "Read an archive of everything into a new, empty system. The server must be stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether another key will do."""
        parser.add_argument("file", type=Path, help="the archive to read")
        parser.add_argument("--other-key", action="store_true", help="take it without the SECRET_KEY it was made under")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, read, work out what follows, and look whether all is as it was."""
        folder = coming_in.data_folder()
        try:
            with alone(folder), opened(options["file"]) as source:
                self._read(source, folder, other_key=options["other_key"])
        except Refused as fault:
            raise CommandError(str(fault)) from None

    def _read(self, source: Opened, folder: Path, *, other_key: bool) -> None:
        mark = folder / UNREAD
        began = mark.exists()
        if began and mark.read_text() != source.digest:
            raise Refused("Another archive was being read when it was cut off: read that one again.")
        call_command("migrate", interactive=False, verbosity=0)
        if not (began and not coming_in.is_empty()):
            self._write(source, folder, began=began, other_key=other_key)
        again = finishing.finish(lambda what: self._say(f"Working out: {what} …"))
        wrong = finishing.ledger_problems()
        mark.unlink(missing_ok=True)
        (folder / FIRST).unlink(missing_ok=True)
        total = sum(source.manifest["rows"].values())
        self.stdout.write(f"Read {total} rows of {source.manifest['made_at']}.")
        if again:
            self.stdout.write(f"Erased again: {again} records that the archive had brought back.")
        if wrong:
            raise CommandError(f"The ledger differs from its seals in {wrong} places: see ./run manage verify_ledger.")
        self.stdout.write("The ledger is as it was sealed. Passwords are not in an archive: give yourself one with")
        self.stdout.write("./run manage set_password YOUR@E-MAIL, then invite the others again.")
        self.stdout.write("Nothing is sent until you let it: Settings › System.")

    def _write(self, source: Opened, folder: Path, *, began: bool, other_key: bool) -> None:
        coming_in.refuse_unless_empty()
        if coming_in.holds_files() and not began:
            raise Refused(f"{folder} holds files already: read the archive into a new folder.")
        coming_in.check_archive(source, other_key=other_key)
        source.check_room(folder)
        source.check(lambda done: self._say(f"Checking: {done} of {len(source.members)}", every=1000, at=done))
        mark = folder / UNREAD
        mark.write_text(source.digest)
        (folder / HOLD).touch()  # the next start holds what mails and webhooks would send, as after a restore
        if (folder / LIST).exists():
            (folder / FIRST).touch()
        try:
            coming_in.bring_in(source, lambda n, total: self._say(f"Reading: {n} of {total}", every=100_000, at=n))
        except Refused:
            for name in (UNREAD, HOLD, FIRST):
                (folder / name).unlink(missing_ok=True)
            raise
        connection.close()

    def _say(self, text: str, *, every: int = 1, at: int = 0) -> None:
        if at % every == 0:
            self.stdout.write(text)
