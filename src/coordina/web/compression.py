"""Pages compressed on the way out: quickly, for the last few per cent of size cost half of the work."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers
from isal import igzip

LEVEL = 2
"""Of 0 to 3. A list of 80 rows: 20.6 KB in 0.1 ms; zlib takes 0.6 ms for 19.7 KB, and 1.5 ms for 17.3 at Django's 6."""
FNAME, HEAD = b"\x08", 10
"""The flag that a file name stands behind the head of so many bytes (RFC 1952, 2.3)."""
SMALLEST = 200
"""Bytes below which it is not worth it."""


class CompressionMiddleware(GZipMiddleware):
    """Django's compression at a lower level; downloads that stream go Django's way."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what the browser takes compressed. A random name hides the exact size of what is secret inside."""
        if response.streaming:
            return super().process_response(request, response)
        if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        if len(response.content) < SMALLEST:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        compressed = _compressed(response.content)
        if len(compressed) < len(response.content):
            response.content = compressed
            response.headers["Content-Length"] = str(len(compressed))
            response.headers["Content-Encoding"] = "gzip"
            _weaken(response)
        return response


def _compressed(content: bytes) -> bytes:
    """The content as gzip writes it, with a file name of a random length in its head."""
    made = igzip.compress(content, LEVEL, mtime=0)
    name = b"a" * secrets.randbelow(GZipMiddleware.max_random_bytes)
    return b"".join((made[:3], FNAME, made[4:HEAD], name, b"\0", made[HEAD:]))


def _weaken(response: Any) -> None:
    """An ETag promises the very bytes; compressed ones are others."""
    etag = response.get("ETag")
    if etag and etag.startswith('"'):
        response.headers["ETag"] = "W/" + etag
