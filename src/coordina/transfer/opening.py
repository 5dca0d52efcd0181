"""Reading an archive that somebody hands over: nothing in it is believed before it was checked.

Only members that archives have are read, none is larger than the manifest says, and no file is written anywhere but
below the folders of the company.
"""

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from coordina.transfer.packing import BLOCK, FORMAT, MANIFEST

MANIFEST_LIMIT = 512 << 20
"""Bytes of a manifest; about three million files."""
LINE_LIMIT = 256 << 20
"""Bytes of one row."""
DENSEST = 300
"""How many times smaller than itself a member may be packed; rows reach forty, a bomb a thousand."""
SMALL = 8 << 20
"""Bytes up to which a member may be packed as it likes."""
_NAMES = (
    re.compile(r"manifest\.json"),
    re.compile(r"data/[A-Za-z_][A-Za-z0-9_]{0,80}\.[A-Za-z_][A-Za-z0-9_]{0,80}\.jsonl"),
    re.compile(r"tables/[a-z0-9][a-z0-9-]{0,80}\.csv"),
    re.compile(r"files/[a-z0-9]{2}/[a-z0-9]{40}"),
    re.compile(r"imports/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}"),
)


BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What Python raises at an archive that is none, is cut off or was tampered with."""


class Refused(Exception):
    """The archive cannot come in. The message is the one line that the person reads."""


class Opened:
    """An archive whose members and manifest were looked at.

    Attributes:
        manifest: What it says of itself.
        members: Bytes and digest by name.
    """

    def __init__(self, packed: zipfile.ZipFile, source: Path) -> None:
        self._packed = packed
        self._source = source
        self._infos = self._looked_at()
        self.digest = ""
        self.manifest = self._manifest()
        self.members: dict[str, dict[str, Any]] = self.manifest["members"]
        self._compare()

    def _looked_at(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self._packed.infolist():
            name = info.filename
            odd = info.orig_filename != name or info.flag_bits & 0x1 or info.is_dir()
            if odd or name in found or not any(shape.fullmatch(name) for shape in _NAMES):
                raise Refused(f"The archive holds {name!r}, which no archive of Coordina holds: nothing was read.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(f"{name!r} in the archive is packed in a way that is not read: nothing was read.")
            if info.file_size > SMALL and info.file_size > DENSEST * max(info.compress_size, 1):
                raise Refused(f"{name!r} in the archive would grow beyond measure: nothing was read.")
            found[name] = info
        return found

    def _manifest(self) -> dict[str, Any]:
        info = self._infos.get(MANIFEST)
        if info is None or info.file_size > MANIFEST_LIMIT:
            raise Refused(f"{self._source} is no whole archive of Coordina: it has no manifest.")
        with _whole(MANIFEST), self._packed.open(info) as stream:
            text = stream.read(MANIFEST_LIMIT + 1)
            found: Any = json.loads(text)
        self.digest = hashlib.sha256(text).hexdigest()
        shapes = (("members", dict), ("rows", dict), ("next_ids", dict), ("migrations", dict), ("coordina", str))
        if not isinstance(found, dict) or any(not isinstance(found.get(key), kind) for key, kind in shapes):
            raise Refused(f"{self._source} is no archive of Coordina: its manifest says too little.")
        if found.get("format") != FORMAT:
            raise Refused(f"{self._source} was made by a newer Coordina ({found['coordina']}): update this one.")
        return found

    def _compare(self) -> None:
        """Refuse members that are missing or more than the manifest says, or of another size."""
        sizes = {name: info.file_size for name, info in self._infos.items() if name != MANIFEST}
        said = {name: facts.get("bytes") for name, facts in self.members.items()}
        if sizes != said:
            wrong = sorted(name for name in sizes.keys() | said.keys() if sizes.get(name) != said.get(name))
            raise Refused(f"The archive is damaged at {', '.join(wrong[:5])}: nothing was read.")

    def check_room(self, folder: Path) -> None:
        """Refuse what would not fit on the disk, unpacked, twice over."""
        free = shutil.disk_usage(folder).free
        if 2 * sum(facts["bytes"] for facts in self.members.values()) > free:
            raise Refused(f"There is too little room in {folder}: {free >> 20} MB are free.")

    def check(self, tell: Callable[[int], None]) -> None:
        """Read every member once and compare its digest. Raises Refused."""
        for number, (name, facts) in enumerate(self.members.items()):
            digest = hashlib.sha256()
            for block in self.blocks(name):
                digest.update(block)
            if digest.hexdigest() != facts.get("sha256"):
                raise Refused(f"The archive is damaged at {name}: nothing was read.")
            tell(number + 1)

    def blocks(self, name: str) -> Iterator[bytes]:
        """A member in pieces, never more than was said. Raises Refused."""
        left = int(self.members[name]["bytes"])
        with _whole(name), self._packed.open(self._infos[name]) as stream:
            while block := stream.read(BLOCK):
                left -= len(block)
                if left < 0:
                    raise Refused(f"{name} in the archive is larger than was said: nothing was read.")
                yield block

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table. Raises Refused for what is none."""
        with _whole(name), self._packed.open(self._infos[name]) as stream:
            for number, line in enumerate(_lines(stream), 1):
                row: Any = json.loads(line)
                if not isinstance(row, dict):
                    raise Refused(f"Line {number} of {name} is no row: nothing was read.")
                yield row


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(LINE_LIMIT):
        if not line.endswith(b"\n"):
            raise Refused("A row of the archive is cut off or too long: nothing was read.")
        yield line


@contextmanager
def opened(source: Path) -> Iterator[Opened]:
    """Open an archive. Raises Refused for what is none, or no whole one."""
    try:
        packed = zipfile.ZipFile(source)
    except (*BROKEN, OSError) as fault:
        raise Refused(f"{source} is no whole archive of Coordina ({fault}): nothing was read.") from fault
    with packed:
        yield Opened(packed, source)


@contextmanager
def _whole(name: str) -> Iterator[None]:
    """Tell what cannot be unpacked or read as what it should be."""
    try:
        yield
    except BROKEN as fault:
        raise Refused(f"The archive is damaged at {name} ({fault}): nothing was read.") from fault
