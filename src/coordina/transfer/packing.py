"""The form of an archive of everything: a zip whose manifest, its last member, says what each member must be.

::

    data/customers.Company.jsonl     a row a line, in the order of their ids
    tables/companies.csv             the same for spreadsheets; not read on the way in
    files/ab/abc…, imports/…         bytes as they are kept
    manifest.json                    {"format": 1, "coordina": …, "members": {name: {"sha256": …, "bytes": …}}, …}
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from coordina.core.storing.areas import Stored

FORMAT = 1
MANIFEST = "manifest.json"
BLOCK = 1 << 20
_LEVEL = 5


class Member:
    """A member that is being written: bytes go through, their number and digest are kept."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, block: bytes) -> None:
        """Write more of it."""
        self._stream.write(block)
        self._digest.update(block)
        self._bytes += len(block)

    def facts(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"sha256": self._digest.hexdigest(), "bytes": self._bytes}


class Packing:
    """An archive that is being written, member by member."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.members: dict[str, dict[str, Any]] = {}

    @contextmanager
    def member(self, name: str, *, as_it_is: bool = False) -> Iterator[Member]:
        """Write one member.

        Args:
            name: Its name.
            as_it_is: Do not compress it: files of people are mostly compressed already.
        """
        about: zipfile.ZipInfo | str = name
        if as_it_is:
            about = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
            about.external_attr = 0o600 << 16
        with self._packed.open(about, "w", force_zip64=True) as stream:
            written = Member(stream)
            yield written
        self.members[name] = written.facts()

    def file(self, name: str, place: Stored, check: Callable[[], None]) -> None:
        """Add a file as it is; nothing where it is gone meanwhile."""
        try:
            source = place.open()
        except FileNotFoundError:
            return
        with source, self.member(name, as_it_is=True) as member:
            while block := source.read(BLOCK):
                member.write(block)
                check()

    def finish(self, facts: Mapping[str, Any]) -> str:
        """Write the manifest; gives its digest."""
        said = {"format": FORMAT, **facts, "members": self.members}
        with self.member(MANIFEST) as member:
            member.write(json.dumps(said, ensure_ascii=False, indent=1).encode())
        return str(self.members.pop(MANIFEST)["sha256"])


@contextmanager
def packing(target: Path) -> Iterator[Packing]:
    """Write an archive that appears under its name only when it is whole, and that only its owner may read."""
    draft = target.with_name(f"{target.name}.partial")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
            yield Packing(packed)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
