"""Taking files in: what is no table of text is refused with a way out before it is kept."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.accounts.models import User
from coordina.core.refusals import Refusal
from coordina.core.storing.areas import Stored
from coordina.records.importing import files, steps
from coordina.records.importing.access import importable_types
from coordina.records.importing.packing import is_packed, unpacked
from coordina.records.models import ImportRun, RunState
from coordina.web.imports.going import move

OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!")
"""First bytes of files that hold no table."""
MOST = 100


def take(user: User, type_name: str, uploads: list[Any]) -> ImportRun:
    """Keep uploaded files and have them read: one by itself, several, or those of an archive, as one import.

    Raises:
        Refusal: At `files` or `type`; then nothing was kept.
    """
    if not uploads:
        raise Refusal("missing", _("Choose a file."), field="files")
    if len(uploads) > MOST:
        message = ngettext("Choose at most %(count)d file at once.", "Choose at most %(count)d files at once.", MOST)
        raise Refusal("many", message % {"count": MOST}, field="files")
    if type_name and type_name not in {known.name for known in importable_types(user)}:
        raise Refusal("type", _("Choose what the file holds from the list."), field="type")
    for upload in uploads:
        _check(upload)
    kept: list[tuple[str, str, int]] = []
    packed = False
    for upload in uploads:
        path, size = files.keep(upload.chunks())
        inside = _unpacked(files.place_of(path))
        packed = packed or inside is not None
        kept += [(upload.name, path, size)] if inside is None else inside
    with transaction.atomic():
        if len(kept) == 1 and not packed:
            run = steps.start(user, type_name, *kept[0])
        else:
            run = steps.start_together(user, type_name, _name_of(uploads), kept)
        move(run, RunState.READING, RunState.READING)
    return run


def _unpacked(place: Stored) -> list[tuple[str, str, int]] | None:
    """The files of an archive, which itself is not kept; None for what is none. Raises Refusal."""
    with place.local() as path:
        if not is_packed(path):
            return None
        try:
            return unpacked(path, settings.MAX_UPLOAD_BYTES)
        finally:
            place.remove()


def _name_of(uploads: list[Any]) -> str:
    """What an import of several files is called: as its archive, else as its files."""
    names = [upload.name for upload in uploads]
    return names[0] if len(names) == 1 else ", ".join(names)


def _check(upload: Any) -> None:
    name = upload.name[:60]
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024 // 1024
        message = _("“%(name)s” is too large. Up to %(limit)d MB fit: split it into several files.")
        raise Refusal("large", message % {"name": name, "limit": limit}, field="files")
    if not upload.size:
        raise Refusal("empty", _("“%(name)s” is empty.") % {"name": name}, field="files")
    head = upload.read(8)
    upload.seek(0)
    if head.startswith(OTHERS):
        message = _("“%(name)s” holds no table. Choose a CSV file, a spreadsheet or business cards.")
        raise Refusal("no_table", message % {"name": name}, field="files")
