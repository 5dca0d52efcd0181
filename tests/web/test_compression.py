"""Pages are compressed for browsers that ask, whole and never twice."""

import gzip

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from coordina.web.compression import CompressionMiddleware

PAGE = b"<p>a line that comes again</p>" * 100


def answered(response: HttpResponseBase, accepts: str = "gzip, br") -> HttpResponseBase:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return CompressionMiddleware(lambda _request: response)(request)


def test_a_page_comes_compressed() -> None:
    got = answered(HttpResponse(PAGE, headers={"ETag": '"abc"'}))
    assert isinstance(got, HttpResponse)
    assert got["Content-Encoding"] == "gzip"
    assert gzip.decompress(got.content) == PAGE
    assert got["Content-Length"] == str(len(got.content))
    assert got["ETag"] == 'W/"abc"'
    assert "Accept-Encoding" in got["Vary"]


def test_its_size_says_nothing_exact() -> None:
    sizes = set()
    for _turn in range(20):
        got = answered(HttpResponse(PAGE))
        assert isinstance(got, HttpResponse)
        sizes.add(len(got.content))
    assert len(sizes) > 3


def test_what_must_stay_as_it_is_stays() -> None:
    for response, accepts in (
        (HttpResponse(PAGE), "identity"),
        (HttpResponse(b"short"), "gzip"),
        (HttpResponse(PAGE, headers={"Content-Encoding": "br"}), "gzip"),
    ):
        got = answered(response, accepts)
        assert isinstance(got, HttpResponse)
        assert got.content in (PAGE, b"short")


def test_what_grows_is_left() -> None:
    import secrets

    noise = secrets.token_bytes(400)
    got = answered(HttpResponse(noise))
    assert isinstance(got, HttpResponse)
    assert got.content == noise


def test_downloads_that_stream_are_compressed_as_they_go() -> None:
    got = answered(StreamingHttpResponse([PAGE, PAGE]))
    assert isinstance(got, StreamingHttpResponse)
    assert gzip.decompress(b"".join(got)) == PAGE * 2  # type: ignore[arg-type]  # it is no async stream
