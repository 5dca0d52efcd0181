"""`./run manage move_files --to ADDRESS`: all files from the folder into a bucket, back, or from bucket to bucket."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coordina.config.restore import alone
from coordina.core.storing.address import FOLDER, Bucket, read_address
from coordina.core.storing.areas import data_folder
from coordina.core.storing.folder import FolderStore
from coordina.core.storing.kept import contradiction, note, store_of
from coordina.core.storing.moving import Damaged, move
from coordina.core.storing.stores import FilesAway


class Command(BaseCommand):
    """See the module."""

    help = (
        "Move all files into a bucket or back into the data folder. The server must be stopped. Cut off, run it again. "
        "Both buckets take the keys of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and from where."""
        parser.add_argument("--to", required=True, help="folder, or s3://bucket/prefix?endpoint=https://…&region=…")
        parser.add_argument("--from", dest="origin", help="where they are now (what COORDINA_FILES says)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Move, and say what to set now."""
        to = _read("--to", options["to"])
        origin = settings.FILES if options["origin"] is None else _read("--from", options["origin"])
        if to == origin:
            raise CommandError("The files are there already: say with --from where they are moved from.")
        data = data_folder()
        if options["origin"] is None and (wrong := contradiction(origin, data, empty=False)):
            raise CommandError(wrong)
        source, target = store_of(origin, data), store_of(to, data)
        try:
            with alone(data):
                moved = move(source, target, self._say)
        except FilesAway as fault:
            raise CommandError(f"{fault}: nothing was taken away. Run the same again.") from None
        except Damaged as fault:
            raise CommandError(f"{fault} was read back as another: nothing was taken away.") from None
        if isinstance(source, FolderStore):
            source.tidy()
        note(to, data)
        before = f", {moved.before} of which were there before" if moved.before else ""
        self.stdout.write(f"Moved {moved.files} files ({moved.size / 2**20:.1f} MB{before}) to {target}.")
        self.stdout.write(f"Now set COORDINA_FILES='{options['to']}', everywhere, and start again.")

    def _say(self, done: int) -> None:
        if done % 1000 == 0:
            self.stdout.write(f"{done} files are copied …")


def _read(name: str, text: str) -> Bucket | None:
    try:
        found = read_address(text)
    except ValueError as fault:
        raise CommandError(f"{name}: {fault}") from None
    if found is None and text != FOLDER:
        raise CommandError(f"{name}: write {FOLDER}, or the address of a bucket.")
    return found
