"""A small S3 server in this process: signatures (SigV4) are checked, parts are put together, lists come in pages.

It is written after Amazon's published reference of the API, holds objects in memory, and can be slow or fail on demand.
"""

import contextlib
import hashlib
import hmac
import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET, REGION = "AKIATEST", "secret-of-the-tests", "test-1"
LEAST_PART = 5 << 20


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Object:
    """Bytes and when they were written."""

    content: bytes
    written: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def tag(self) -> str:
        """Its entity tag."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class S3Server(ThreadingHTTPServer):
    """Buckets in memory.

    Attributes:
        buckets: Objects by bucket and key.
        uploads: Parts of uploads that are neither whole nor given up, by their id.
        wait: Seconds before each answer.
        failing: Answers that fail with 500 from now on.
        page: Objects of one page of a list.
        lenient: Whether an empty object is given whole when a part is asked for, as some services do.
        asked: Methods and paths of all requests.
        longest: Bytes of the largest body that came or went.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.buckets: dict[str, dict[str, Object]] = {"files": {}}
        self.uploads: dict[str, tuple[str, str, dict[int, bytes]]] = {}
        self.wait, self.failing, self.page = 0.0, 0, 1000
        self.asked: list[str] = []
        self.longest = 0
        self.lenient = False
        self.released = threading.Event()
        self.gone = False

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking for a name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def leave(self) -> None:
        """Be away from now on: for those who are connected, too."""
        self.gone = True
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no fault."""


@contextlib.contextmanager
def serving(port: int = 0) -> Iterator[S3Server]:
    """A server that runs."""
    server = S3Server(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body leave together
    server: S3Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Any method."""
        if self.server.gone:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        self.server.asked.append(f"{self.command} {unquote(parts.path)}")
        self.server.longest = max(self.server.longest, len(body))
        if self.server.wait:
            self.server.released.wait(self.server.wait)
        try:
            if self.server.failing:
                self.server.failing -= 1
                raise Refused(500, "InternalError")
            check_signature(self.command, self.path, self.headers, body)
            bucket, _slash, key = unquote(parts.path).lstrip("/").partition("/")
            if bucket not in self.server.buckets:
                raise Refused(404, "NoSuchBucket")
            given = dict(parse_qsl(parts.query, keep_blank_values=True))
            status, headers, answer = self._work(bucket, key, given, body)
        except Refused as refused:
            status, headers = refused.status, {"Content-Type": "application/xml"}
            answer = f"<Error><Code>{refused.code}</Code><Message>No.</Message></Error>".encode()
        self.server.longest = max(self.server.longest, len(answer))
        self._answer(status, headers, answer)

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _work(self, bucket: str, key: str, given: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        objects = self.server.buckets[bucket]
        ways: dict[tuple[str, bool], Callable[[], tuple[int, dict[str, str], bytes]]] = {
            ("GET", False): lambda: self._list(objects, given),
            ("GET", True): lambda: self._read(objects, key),
            ("HEAD", True): lambda: self._read(objects, key),
            ("PUT", True): lambda: self._write(objects, key, given, body),
            ("POST", True): lambda: self._upload(bucket, key, given),
            ("DELETE", True): lambda: self._remove(objects, key, given),
        }
        way = ways.get((self.command, bool(key)))
        if way is None:
            raise Refused(405, "MethodNotAllowed")
        return way()

    def _list(self, objects: dict[str, Object], given: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        after = given.get("continuation-token") or given.get("start-after", "")
        most = min(int(given.get("max-keys", 1000)), self.server.page)
        names = sorted(name for name in objects if name.startswith(given.get("prefix", "")) and name > after)
        found = [
            f"<Contents><Key>{escape(name)}</Key><LastModified>{objects[name].written:%Y-%m-%dT%H:%M:%S.000Z}"
            f"</LastModified><ETag>{escape(objects[name].tag)}</ETag><Size>{len(objects[name].content)}</Size>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for name in names[:most]
        ]
        more = len(names) > most
        rest = f"<NextContinuationToken>{escape(names[most - 1])}</NextContinuationToken>" if more else ""
        text = (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated><KeyCount>{len(found)}</KeyCount>"
            f"{rest}{''.join(found)}</ListBucketResult>"
        )
        return 200, {"Content-Type": "application/xml"}, text.encode()

    def _read(self, objects: dict[str, Object], key: str) -> tuple[int, dict[str, str], bytes]:
        found = objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey")
        written = f"{found.written:%a, %d %b %Y %H:%M:%S GMT}"
        headers = {"ETag": found.tag, "Last-Modified": written, "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            return 200, headers | {"Content-Length": str(len(found.content))}, found.content
        start, size = int(asked[1]), len(found.content)
        if not size and self.server.lenient:
            return 200, headers | {"Content-Length": "0"}, b""
        if start >= size:
            raise Refused(416, "InvalidRange")
        end = min(int(asked[2] or size), size - 1)
        piece = found.content[start : end + 1]
        more = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(len(piece))}
        return 206, headers | more, piece

    def _write(
        self, objects: dict[str, Object], key: str, given: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if "uploadId" in given:
            _bucket, _key, parts = self._parts(given)
            parts[int(given["partNumber"])] = body
            return 200, {"ETag": Object(body).tag}, b""
        origin = unquote(self.headers.get("x-amz-copy-source", ""))
        if origin:
            bucket, _slash, name = origin.lstrip("/").partition("/")
            there = self.server.buckets.get(bucket, {}).get(name)
            if there is None:
                raise Refused(404, "NoSuchKey")
            objects[key] = Object(there.content)
            return 200, {}, f"<CopyObjectResult><ETag>{escape(there.tag)}</ETag></CopyObjectResult>".encode()
        objects[key] = Object(body)
        return 200, {"ETag": objects[key].tag}, b""

    def _parts(self, given: dict[str, str]) -> tuple[str, str, dict[int, bytes]]:
        try:
            return self.server.uploads[given["uploadId"]]
        except KeyError:
            raise Refused(404, "NoSuchUpload") from None

    def _upload(self, bucket: str, key: str, given: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if "uploads" in given:
            name = f"upload-{time.monotonic_ns()}"
            self.server.uploads[name] = (bucket, key, {})
            text = f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
            return 200, {}, text.encode()
        _bucket, _key, parts = self._parts(given)
        numbers = sorted(parts)
        if any(len(parts[number]) < LEAST_PART for number in numbers[:-1]):
            raise Refused(400, "EntityTooSmall")
        whole = Object(b"".join(parts[number] for number in numbers))
        self.server.buckets[bucket][key] = whole
        del self.server.uploads[given["uploadId"]]
        text = f"<CompleteMultipartUploadResult><ETag>{escape(whole.tag)}</ETag></CompleteMultipartUploadResult>"
        return 200, {}, text.encode()

    def _remove(self, objects: dict[str, Object], key: str, given: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if "uploadId" in given:
            self._parts(given)
            del self.server.uploads[given["uploadId"]]
        else:
            objects.pop(key, None)
        return 204, {}, b""


def check_signature(method: str, target: str, headers: Any, body: bytes) -> None:
    """Compare the signature of a request with that of its own parts. Raises Refused."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
        r"SignedHeaders=([^,]+), ?Signature=(\w+)",
        headers.get("Authorization", ""),
    )
    if found is None:
        raise Refused(403, "AccessDenied")
    key, day, region, signed, signature = found.groups()
    if key != KEY:
        raise Refused(403, "InvalidAccessKeyId")
    if region != REGION:
        raise Refused(400, "AuthorizationHeaderMalformed")
    said = headers["x-amz-content-sha256"]
    if said != "UNSIGNED-PAYLOAD" and said != hashlib.sha256(body).hexdigest():
        raise Refused(400, "XAmzContentSHA256Mismatch")
    parts = urlsplit(target)
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in _pairs(parts.query))
    lines = [
        method,
        quote(unquote(parts.path), safe="/-_.~"),
        "&".join(f"{k}={v}" for k, v in pairs),
        *(f"{name}:{' '.join(headers[name].split())}" for name in signed.split(";")),
        "",
        signed,
        said,
    ]
    asked = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{day}/{region}/s3/aws4_request", asked])
    derived = f"AWS4{SECRET}".encode()
    for part in (day, region, "s3", "aws4_request"):
        derived = hmac.new(derived, part.encode(), "sha256").digest()
    if not hmac.compare_digest(hmac.new(derived, text.encode(), "sha256").hexdigest(), signature):
        raise Refused(403, "SignatureDoesNotMatch")


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)
