"""Headers of a proxy count from a trusted proxy only."""

from typing import Any

import pytest

from coordina.config.env import BadSetting
from coordina.config.proxy import TrustedProxy, networks


def seen(trusted: list[str], remote: str, **headers: str) -> dict[str, Any]:
    """Give what the program behind the proxy sees of a request."""
    told: dict[str, Any] = {}

    def program(environ: dict[str, Any], start_response: object) -> list[bytes]:
        told.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "HTTP_HOST": "inside:8000", "wsgi.url_scheme": "http"}
    TrustedProxy(program, networks(trusted))({**environ, **headers}, lambda *_: None)
    return told


FORGED = {
    "HTTP_X_FORWARDED_FOR": "1.2.3.4",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_FORWARDED": "for=1.2.3.4",
}


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"]])
def test_a_strangers_headers_are_dropped(trusted: list[str]) -> None:
    told = seen(trusted, "203.0.113.9", **FORGED)
    assert told == {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "inside:8000", "wsgi.url_scheme": "http"}


def test_a_trusted_proxys_headers_are_facts() -> None:
    told = seen(["10.0.0.0/8"], "10.1.1.1", **FORGED)
    assert told == {"REMOTE_ADDR": "1.2.3.4", "HTTP_HOST": "evil.example", "wsgi.url_scheme": "https"}


@pytest.mark.parametrize(
    ("chain", "origin"),
    [
        ("6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "10.1.1.1"),
        ("", "10.1.1.1"),
        ("198.51.100.7, nonsense", "10.1.1.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_what_the_sender_wrote_into_the_chain_is_not_believed(chain: str, origin: str) -> None:
    assert seen(["10.0.0.0/8"], "10.1.1.1", HTTP_X_FORWARDED_FOR=chain)["REMOTE_ADDR"] == origin


def test_a_protocol_that_is_none_changes_nothing() -> None:
    assert seen(["10.0.0.0/8"], "10.1.1.1", HTTP_X_FORWARDED_PROTO="gopher")["wsgi.url_scheme"] == "http"


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(BadSetting, match="COORDINA_TRUSTED_PROXY"):
        networks(["proxy.internal"])
