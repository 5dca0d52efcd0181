"""Bytes of files that people keep with records: written once under a generated name, never changed.

The name a person gives is text that is shown, never a path. Undo takes the row away and leaves the bytes; retention
removes them.
"""

import hashlib
import mimetypes
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from coordina.core.records import Record
from coordina.core.refusals import NotFound, Refusal
from coordina.core.storing.areas import FILES, Stored
from coordina.core.storing.stores import FilesAway
from coordina.records.models import Attachment

_SALT = "coordina.records.files"
_PATH = re.compile(r"[a-z0-9]{2}/[a-z0-9]{40}")
_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
HOURS_TO_ATTACH = 24
"""How long kept bytes wait for the record they are attached to."""
LONGEST = 200
"""Characters of a file's name."""

NAMED: dict[type[Record], str] = {Attachment: "path"}
"""Record types whose rows name kept bytes, and the column that does: what none of them names is swept up."""


def named_in(model: type[Record], column: str) -> None:
    """Let rows of a record type keep bytes of their own from the sweep; a room calls it beside its model.

    Args:
        column: Text that holds the path of `Kept`.
    """
    NAMED[model] = column


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes in the area of files.

    Attributes:
        path: Where, below the area.
        size: In bytes.
        digest: SHA-256, hexadecimal.
    """

    path: str
    size: int
    digest: str


def place_of(path: str) -> Stored:
    """The place of an attachment's bytes."""
    return FILES.at(path)


def is_ours(path: str) -> bool:
    """Whether a name is one that `keep` gives."""
    return _PATH.fullmatch(path) is not None


def keep(chunks: Iterable[bytes]) -> str:
    """Write uploaded bytes, at most as many as the company allows; they are there for good when this returns.

    Returns:
        A signed ticket for `attach_file`: it says where the bytes are, so that nobody else can.

    Raises:
        Refusal: `too_large` (413) or `empty`, at `file`; nothing is left behind.
    """
    name = secrets.token_hex(20)
    path = f"{name[:2]}/{name}"
    digest = hashlib.sha256()
    size = place_of(path).write(_checked(chunks, digest))
    return signing.dumps([path, size, digest.hexdigest()], salt=_SALT)


def _checked(chunks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    """Pass on what may be kept. Raises Refusal."""
    size, most = 0, settings.MAX_UPLOAD_BYTES
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise too_large()
        digest.update(chunk)
        yield chunk
    if not size:
        raise Refusal("empty", _("The file is empty. Choose another one."), field="file")


def too_large() -> Refusal:
    """The refusal of a file above the limit."""
    message = _("The file is larger than %(most)d MB. Make it smaller or keep a link in a note.")
    return Refusal("too_large", message % {"most": settings.MAX_UPLOAD_BYTES // 2**20 or 1}, field="file", status=413)


def read_ticket(ticket: str) -> Kept:
    """What a ticket stands for.

    Raises:
        Refusal: `ticket`, it is not ours or too old.
    """
    try:
        path, size, digest = signing.loads(ticket, salt=_SALT, max_age=HOURS_TO_ATTACH * 3600)
    except (signing.BadSignature, ValueError):
        raise Refusal("ticket", _("The upload has expired. Choose the file again."), field="file") from None
    return Kept(path, size, digest)


def discard(ticket: str) -> None:
    """Remove kept bytes that were not attached after all; where the store is away, the sweep does it later."""
    with suppress(FilesAway):
        place_of(read_ticket(ticket).path).remove()


def clean_name(name: str) -> str:
    """A file name that is only a name: no folders, no control characters, not too long; its ending stays."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = " ".join(_BAD.sub("", text).split()).strip(". ")
    if len(text) > LONGEST:
        stem, dot, ending = text.rpartition(".")
        text = f"{stem[: LONGEST - 1 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else text[:LONGEST]
    return text or _("file")


def media_type_of(name: str) -> str:
    """The kind of a file by the ending of its name; only for the icon, it is never sent."""
    return (mimetypes.guess_type(name)[0] or "application/octet-stream")[:100]


def opened(attachment: Attachment) -> BinaryIO:
    """The bytes of an attachment.

    Raises:
        NotFound: They are gone, or the row does not name a place of ours.
    """
    if not is_ours(attachment.path):
        raise NotFound
    try:
        return place_of(attachment.path).open()
    except FileNotFoundError:
        raise NotFound from None


def as_columns(ticket: str, name: str) -> dict[str, Any]:
    """Columns of an attachment from a ticket and a name."""
    kept, shown = read_ticket(ticket), clean_name(name)
    return {
        "name": shown,
        "path": kept.path,
        "size": kept.size,
        "digest": kept.digest,
        "media_type": media_type_of(shown),
    }


def how_many() -> int:
    """How many files the company keeps, whoever may see them."""
    return int(Attachment._base_manager.count())
