"""The form of a backup: one tar.gz with the database, the files, the secret key and, last, a manifest with checksums.

::

    database.sqlite3 | database.pgdump
    secret.key
    files/…
    manifest.json    {"format": 1, "coordina": "0.1.0", "made_at": …, "database": "sqlite", "members": {name: …}}
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from coordina.config.cli import CommandFailed

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 512 * 1024 * 1024  # bytes; about three million files
BLOCK = 1024 * 1024
TOP = {"database.sqlite3", "database.pgdump", "secret.key", MANIFEST}


class _Hashing:
    """A file for reading that hashes what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and hash."""
        block = self._file.read(size)
        self.digest.update(block)
        return block


class Writer:
    """Adds members to an archive that is being written, and remembers their checksums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add one file under a name."""
        with path.open("rb") as file:
            facts = path.stat()
            self.add_stream(name, file, facts.st_size, int(facts.st_mtime))

    def add_stream(self, name: str, file: IO[bytes], size: int, written: int) -> None:
        """Add what a stream gives under a name.

        Args:
            size: Bytes that it gives.
            written: When they were written, in seconds since 1970.
        """
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, written, 0o600
        hashing = _Hashing(file)
        self._tar.addfile(entry, hashing)  # type: ignore[arg-type]  # tarfile reads it and needs nothing else
        self.members[name] = {"sha256": hashing.digest.hexdigest(), "bytes": entry.size}

    def finish(self, facts: dict[str, Any]) -> None:
        """Add the manifest."""
        content = json.dumps({"format": FORMAT, **facts, "members": self.members}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, BytesIO(content))


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Write an archive that appears under its name only when it is whole, and that only its owner may read."""
    draft = target.with_name(target.name + ".partial")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with tarfile.open(draft, "w:gz", compresslevel=6) as tar:
            yield Writer(tar)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _safe(entry: tarfile.TarInfo) -> str:
    """Give the name of a member. Raises CommandFailed unless it is a plain file at a place where backups put files."""
    name = entry.name
    parts = PurePosixPath(name).parts
    plain = entry.isreg() and not name.startswith("/") and "\\" not in name and "\0" not in name
    place = name in TOP or (len(parts) > 1 and parts[0] == "files" and "/".join(parts) == name)
    if not (plain and place) or ".." in parts:
        raise CommandFailed(f"The archive holds {name!r}, which no backup holds: nothing was restored.")
    return name


def unpack(source: Path, target: Path) -> dict[str, Any]:
    """Unpack an archive into an empty folder and give its manifest.

    Raises:
        CommandFailed: It is no backup, is cut off, holds what it should not, or a checksum is wrong.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(source, "r|gz") as tar:
            for entry in tar:
                name = _safe(entry)
                content = tar.extractfile(entry)
                if name in found or content is None or manifest is not None:
                    raise CommandFailed(f"The archive holds {name!r} in the wrong place: nothing was restored.")
                if name == MANIFEST:
                    manifest = json.loads(content.read(MANIFEST_LIMIT))
                    continue
                found[name] = _unpack_one(content, target / name)
    except (tarfile.TarError, EOFError, OSError, ValueError) as fault:
        raise CommandFailed(f"{source} is no whole backup of Coordina ({fault}): nothing was restored.") from None
    if manifest is None:
        raise CommandFailed(f"{source} ends before its manifest: nothing was restored.")
    if manifest.get("format") != FORMAT:
        raise CommandFailed(f"{source} was made by a newer Coordina ({manifest.get('coordina')}): update this one.")
    if found != manifest.get("members"):
        wrong = sorted(name for name in found if found[name] != manifest["members"].get(name))
        lost = sorted(set(manifest["members"]) - set(found))
        raise CommandFailed(f"The archive is damaged at {', '.join((wrong + lost)[:5])}: nothing was restored.")
    return manifest


def _unpack_one(content: IO[bytes], path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        path.chmod(0o600)
        while block := content.read(BLOCK):
            digest.update(block)
            size += len(block)
            file.write(block)
    return {"sha256": digest.hexdigest(), "bytes": size}
