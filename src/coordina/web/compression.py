"""Pages compressed on the way out: quickly, for the last few per cent of size cost half of the work."""

import gzip
import secrets
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

LEVEL = 3
"""Of 1 to 9. A list of 80 rows: 16 KB in 0.8 ms; at Django's 6 14 KB in 1.7 ms."""
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
    out = BytesIO()
    name = "a" * secrets.randbelow(GZipMiddleware.max_random_bytes)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def _weaken(response: Any) -> None:
    """An ETag promises the very bytes; compressed ones are others."""
    etag = response.get("ETag")
    if etag and etag.startswith('"'):
        response.headers["ETag"] = "W/" + etag
