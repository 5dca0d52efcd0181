"""Several files in one: unpacking a ZIP without trusting anything that it says of itself."""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from coordina.core.refusals import Refusal
from coordina.records.importing import files
from coordina.records.imports import workbooks

MOST_FILES = 200
"""Files that an archive may hold."""
PIECE = 1 << 20


def is_packed(path: Path) -> bool:
    """Whether a file is a ZIP of other files and no spreadsheet."""
    with path.open("rb") as stream:
        head = stream.read(4)
    return head == workbooks.ZIPPED and not workbooks.is_workbook(path)


def unpacked(path: Path, limit: int) -> list[tuple[str, str, int]]:
    """Keep the files of an archive, each under a generated name; folders, hidden and empty files are left out.

    Args:
        path: The archive.
        limit: Bytes that one file may have; all together may have `workbooks.UNPACKED`.

    Returns:
        By file: what it is called (never where it wants to be), its generated name, its bytes.

    Raises:
        Refusal: At `files`; then nothing was kept.
    """
    made: list[tuple[str, str, int]] = []
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [each for each in packed.infolist() if _wanted(each)]
            _check(inside, limit)
            for each in inside:
                left = workbooks.UNPACKED - sum(size for _name, _path, size in made)
                kept, size = files.keep(_pieces(packed, each, min(limit, left)))
                made.append((PurePosixPath(each.filename.replace("\\", "/")).name[:255], kept, size))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, RuntimeError) as error:
        _drop(made)
        raise Refusal("broken", _("The archive is broken. Pack the files again."), field="files") from error
    except Refusal:
        _drop(made)
        raise
    return [one for one in made if one[2]]


def _drop(made: list[tuple[str, str, int]]) -> None:
    for _name, kept, _size in made:
        files.place_of(kept).remove()


def _wanted(each: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(each.filename.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts if part not in ("..", "."))
    return bool(parts) and not each.is_dir() and not hidden and each.file_size > 0


def _check(inside: list[zipfile.ZipInfo], limit: int) -> None:
    if any(each.flag_bits & 1 for each in inside):
        raise Refusal("locked", _("The archive has a password. Pack the files without one."), field="files")
    if not inside:
        raise Refusal("empty", _("The archive holds no files."), field="files")
    if len(inside) > MOST_FILES:
        message = _("The archive holds more than %(count)d files. Pack fewer.") % {"count": MOST_FILES}
        raise Refusal("many", message, field="files")
    if sum(each.file_size for each in inside) > workbooks.UNPACKED or any(e.file_size > limit for e in inside):
        raise _too_large()


def _too_large() -> Refusal:
    megabytes = workbooks.UNPACKED // 1_000_000
    message = _("The archive unpacks to more than %(limit)d MB. Split it.") % {"limit": megabytes}
    return Refusal("large", message, field="files")


def _pieces(packed: zipfile.ZipFile, each: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    """The bytes of one file, counted as they really come."""
    size = 0
    with packed.open(each) as stream:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > limit:
                raise _too_large()
            yield piece
