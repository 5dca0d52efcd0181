"""Files in a bucket of a service that speaks S3. Keys come from the environment and go nowhere else.

Reads ask for one block after the other, so that no request lasts as long as a slow browser reads, and memory holds one
block. What is larger than a block is written in parts; the service shows it when it is whole, or never.
"""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from coordina.core.storing.address import Bucket
from coordina.core.storing.stores import BLOCK, SCRATCH, Entry, FilesAway, Trouble

PIECE = 5 << 20
"""Bytes of a request; a service takes no smaller parts."""
BUFFER = 1 << 16
AT_ONCE = 2
"""Parts of one file that are under way."""
CONNECT, READ, WHOLE = 3.0, 10.0, 60.0
"""Seconds for a connection, for the next bytes of an answer, and for a whole request."""
RETRIES, RETRY = 2, 8.0
"""How often, and until how many seconds after the first try, a request that failed is sent again."""
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
_BEYOND = re.compile(r" 416 |InvalidRange|Wanted range starting|non-partial response")
"""How services, and the library, say that an empty file has no first byte."""
_HANDLES = Path("/proc/self/fd")
"""Where Linux shows open files as paths: there a copy needs no name in any folder."""


class BucketStore:
    """A bucket.

    Args:
        bucket: Where it is.
        data: The data folder, for files that are written here and then sent.
    """

    def __init__(self, bucket: Bucket, data: Path) -> None:
        self._bucket, self._data = bucket, data
        self._service = self._connected(CONNECT, READ, RETRIES)

    def _connected(self, connect: float, read: float, retries: int) -> S3Store:
        given: dict[str, Any] = {"endpoint": self._bucket.endpoint} if self._bucket.endpoint else {}
        if self._bucket.endpoint and self._bucket.virtual:
            scheme, rest = self._bucket.endpoint.split("://", 1)
            given["endpoint"] = f"{scheme}://{self._bucket.name}.{rest}"
        return S3Store(
            self._bucket.name,
            prefix=self._bucket.prefix or None,
            region=self._bucket.region,
            virtual_hosted_style_request=self._bucket.virtual,
            disable_bulk_delete=True,
            client_options={
                "allow_http": self._bucket.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=connect),
                "read_timeout": timedelta(seconds=read),
                "timeout": timedelta(seconds=max(WHOLE, read) if retries else read),
            },
            retry_config={"max_retries": retries, "retry_timeout": timedelta(seconds=RETRY)},
            **given,
        )

    def __str__(self) -> str:
        return str(self._bucket)

    def write(self, area: str, name: str, chunks: Iterable[bytes]) -> int:
        """Write a new file; see `Store`."""
        counted = _Counted(chunks)
        begun = counted.first(PIECE)
        whole: Any = begun if counted.over else chain([begun], counted)
        with _told(counted):
            obstore.put(self._service, f"{area}/{name}", whole, chunk_size=PIECE, max_concurrency=AT_ONCE)
        return counted.size

    def open(self, area: str, name: str) -> BinaryIO:
        """The bytes; see `Store`."""
        key = f"{area}/{name}"
        try:
            with _told():
                got = obstore.get(self._service, key, options={"range": (0, PIECE)})
                first = bytes(got.bytes())
                size = int(got.meta["size"])
        except FilesAway as fault:
            if fault.code != "InvalidRange" or self.size(area, name) != 0:
                raise
            return io.BytesIO()
        return io.BufferedReader(_Ranged(self._service, key, size, first), BUFFER)

    def size(self, area: str, name: str) -> int | None:
        """Bytes of a file; see `Store`."""
        try:
            with _told():
                return int(obstore.head(self._service, f"{area}/{name}")["size"])
        except FileNotFoundError:
            if away := self._asked(self._service):  # an answer without a body tells a lost bucket from a lost file
                raise away from None
            return None

    def remove(self, area: str, name: str, *, burn: bool = False) -> None:
        """Take a file away; see `Store`. There is no disk here to be overwritten."""
        try:
            with _told():
                obstore.delete(self._service, f"{area}/{name}")
        except FileNotFoundError:
            return

    def entries(self, area: str) -> Iterator[Entry]:
        """Every file; see `Store`."""
        pages = iter(obstore.list(self._service, area))
        while True:
            try:
                with _told():
                    page = next(pages)
            except StopIteration:
                return
            for each in page:
                yield Entry(each["path"].removeprefix(f"{area}/"), int(each["size"]), each["last_modified"])

    @contextmanager
    def local(self, area: str, name: str) -> Iterator[Path]:
        """A copy that nobody else sees and that goes with the process, whatever becomes of it; see `Store`."""
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        unseen = _HANDLES.is_dir()
        made: Any = tempfile.TemporaryFile if unseen else tempfile.NamedTemporaryFile
        with self.open(area, name) as source, made(dir=self._data, prefix=SCRATCH) as copy:
            shutil.copyfileobj(source, copy, BLOCK)
            copy.flush()
            yield _HANDLES / str(copy.fileno()) if unseen else Path(copy.name)

    @contextmanager
    def draft(self, area: str, name: str) -> Iterator[Path]:
        """A file in a folder of its own, sent at the end; see `Store`."""
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._data, prefix=SCRATCH) as scratch:
            half = Path(scratch) / os.path.basename(name)
            half.touch(mode=0o600)
            yield half
            with _told():
                obstore.put(self._service, f"{area}/{name}", half, chunk_size=PIECE, max_concurrency=AT_ONCE)

    def step_aside(self, area: str, name: str, folder: str) -> None:
        """Give a file another name within the bucket; see `Store`."""
        with _told():
            obstore.rename(self._service, f"{area}/{name}", f"{folder}/{area}/{name}")

    def trouble(self, patience: float) -> FilesAway | None:
        """What is wrong with the bucket; see `Store`."""
        return self._asked(self._connected(patience, patience, 0))

    def _asked(self, service: S3Store) -> FilesAway | None:
        try:
            with _told():
                next(iter(obstore.list(service, "files", chunk_size=1)), None)
        except FilesAway as fault:
            return fault
        return None


class _Counted:
    """Chunks that are counted as they go by; what they raise is remembered."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.size, self.over = 0, False
        self.raised: BaseException | None = None

    def first(self, enough: int) -> bytes:
        """Chunks until there are more than so many bytes, or no more chunks."""
        found = bytearray()
        while len(found) <= enough and not self.over:
            found += next(self, b"")
        return bytes(found)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self.over = True
            raise
        except BaseException as fault:
            self.raised = fault
            raise
        self.size += len(chunk)
        return chunk


class _Ranged(io.RawIOBase):
    """An object of a bucket, read where it is asked for."""

    def __init__(self, service: S3Store, key: str, size: int, first: bytes) -> None:
        super().__init__()
        self._service, self._key, self._size, self._at = service, key, size, 0
        self._held, self._from = first, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Read from elsewhere."""
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes, as many as fit or a request gives."""
        left = self._size - self._at
        if left <= 0:
            return 0
        if not self._from <= self._at < self._from + len(self._held):
            with _told():
                self._held = bytes(obstore.get_range(self._service, self._key, start=self._at, length=min(left, PIECE)))
            self._from = self._at
        start = self._at - self._from
        piece = self._held[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


@contextmanager
def _told(counted: _Counted | None = None) -> Iterator[None]:
    """Tell faults of the service in our words: only its code goes on, for addresses stand in the rest."""
    try:
        yield
    except (BaseError, OSError) as fault:
        if counted is not None and counted.raised is not None:
            raise counted.raised from None
        said = str(fault)
        code = found[1] if (found := _CODE.search(said)) else ""
        if isinstance(fault, FileNotFoundError) and code != "NoSuchBucket":
            raise FileNotFoundError("The bucket holds no such file.") from None
        if _BEYOND.search(said):
            raise FilesAway(Trouble.FAILED, "InvalidRange") from None
        raise FilesAway(_trouble(fault, said, code), code) from None


def _trouble(fault: Exception, said: str, code: str) -> Trouble:
    if code == "NoSuchBucket":
        return Trouble.NO_BUCKET
    if isinstance(fault, (PermissionDeniedError, UnauthenticatedError)) or code in _REFUSED:
        return Trouble.REFUSED
    return Trouble.FAILED if "returned non-2xx" in said else Trouble.SILENT
