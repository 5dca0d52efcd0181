"""Nothing is ever sent to a network that is not public, however an address is written, whatever a name says later."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordina.hooks import calling
from coordina.hooks.addresses import BadAddress, is_public, place_of
from coordina.hooks.calling import post

from .conftest import Receiver

SPECIAL = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48",
    "2001:10::/28", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "5f00::/16",
)  # fmt: skip
"""Ranges for special purposes, as the registries of addresses have them."""
PUBLIC = ("8.8.8.8", "93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4003:80e::200e", "100.128.0.1")


@pytest.mark.parametrize("network", SPECIAL)
def test_no_range_for_special_purposes_is_public(network: str) -> None:
    net = ip_network(network)
    last = net.num_addresses - 1
    for number in {0, 1, last // 2, last}:
        if number <= last:
            assert not is_public(net[number]), net[number]


@pytest.mark.parametrize("network", SPECIAL)
def test_no_address_of_such_a_range_is_public(network: str) -> None:
    net = ip_network(network)

    @given(st.integers(0, net.num_addresses - 1))
    def inside(number: int) -> None:
        assert not is_public(net[number])

    inside()


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_as_private_inside_ipv6(number: int) -> None:
    assert not is_public(IPv6Address(f"::ffff:{IPv4Address(number)}"))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))
    assert not is_public(IPv6Address((0x64FF9B << 96) | number))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "https://",
        "https:///x",
        "https://user:secret@example.com/",
        "https://example.com@10.0.0.1/",
        "https://example.com\\@10.0.0.1/",
        "https://example.com/#x",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://192.168.1.1/",
        "https://０１２７.0.0.1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://exam ple.com/",
        "https://example.com/\r\nHost: x",
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:80/",
        "https://example.com:99999/",
        "https://example.com:0x50/",
        "https://-example-.com/",
        "https://" + "a" * 3000 + ".com/",
        "https://%31%32%37.0.0.1/",
    ],
)
def test_addresses_that_lead_inside_or_nowhere_are_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        place_of(text)


@pytest.mark.parametrize(
    ("text", "named", "target"),
    [
        ("https://example.com", "example.com", "/"),
        ("https://hooks.example.com:8443/a/b?c=d&e=f", "hooks.example.com:8443", "/a/b?c=d&e=f"),
        ("https://EXAMPLE.com./x", "example.com", "/x"),
        ("https://93.184.216.34/x", "93.184.216.34", "/x"),
        ("https://[2606:4700:4700::1111]/x", "[2606:4700:4700::1111]", "/x"),
        ("https://xn--ejemplo-9za.es/x", "xn--ejemplo-9za.es", "/x"),
    ],
)
def test_ordinary_addresses_are_taken_apart(text: str, named: str, target: str) -> None:
    place = place_of(text)
    assert (place.named, place.target) == (named, target)


class Names:
    """A resolver that says one thing the first time and another the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where connections go; none is made."""
    seen: list[Any] = []

    def refuse(address: Any, *_: Any, **__: Any) -> Any:
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return seen


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00::1"])
def test_a_name_that_leads_inside_is_not_connected_to(connects: list[Any], inside: str) -> None:
    answer = post("https://hooks.example.com/x", b"{}", {}, resolver=Names([inside]))
    assert answer.refused
    assert (answer.status, answer.head) == (None, "")
    assert not connects
    assert inside not in str(answer.fault)


def test_one_address_inside_among_public_ones_is_enough(connects: list[Any]) -> None:
    answer = post("https://hooks.example.com/x", b"{}", {}, resolver=Names(["93.184.216.34", "10.0.0.1"]))
    assert answer.refused
    assert not connects


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(connects: list[Any]) -> None:
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    answer = post("https://hooks.example.com/x", b"{}", {}, resolver=names)
    assert names.asked == 1, "looked up once"
    assert connects == [("93.184.216.34", 443)]
    assert answer.unreachable


def test_without_encryption_only_what_was_opened_is_reached(connects: list[Any]) -> None:
    opened = [ip_network("10.0.0.0/8")]
    assert post("http://hooks.example.com/x", b"{}", {}, private=opened, resolver=Names(["93.184.216.34"])).refused
    assert post("https://hooks.example.com/x", b"{}", {}, private=opened, resolver=Names(["192.168.0.1"])).refused
    assert not connects
    post("http://erp.intern/x", b"{}", {}, private=opened, resolver=Names(["10.2.3.4"]))
    assert connects == [("10.2.3.4", 80)]


def test_the_answer_is_told_and_bounded(receiver: Receiver, settings: Any) -> None:
    receiver.text = b"\x1b[2J" + "ñ".encode() * 100_000
    answer = post(receiver.url, b'{"a":1}', {"X-One": "1"}, private=settings.WEBHOOKS_PRIVATE)
    assert answer.accepted
    assert answer.head.startswith("[2Jññ")
    assert len(answer.head) <= calling.HEAD
    got = receiver.got[0]
    assert (got.body, got.headers["X-One"]) == (b'{"a":1}', "1")
    assert got.headers["Host"] == receiver.url.split("/")[2]


def test_redirects_are_not_followed(receiver: Receiver, other_receiver: Receiver, settings: Any) -> None:
    receiver.answers, receiver.headers = [302], {"Location": other_receiver.url}
    answer = post(receiver.url, b"{}", {}, private=settings.WEBHOOKS_PRIVATE)
    assert answer.status == 302
    assert not answer.accepted
    assert not other_receiver.got


@contextmanager
def raw_server(talk: Any) -> Iterator[str]:
    """A server that says bytes as it likes."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        try:
            connection, _address = server.accept()
            with connection:
                talk(connection)
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.close()


def drip(connection: socket.socket) -> None:
    connection.recv(65536)
    for _second in range(100):
        connection.sendall(b"X")
        time.sleep(0.05)


def drip_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(99):
        connection.sendall(b"X-%d: 1\r\n" % number)
        time.sleep(0.05)


@pytest.mark.parametrize("talk", [drip, drip_headers, lambda connection: time.sleep(5)])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_ends_in_time_whatever_the_other_side_does(talk: Any, scheme: str, settings: Any) -> None:
    begun = time.monotonic()
    with raw_server(talk) as place:
        answer = post(f"{scheme}://{place}/", b"{}", {}, private=[ip_network("127.0.0.0/8")], time=0.6)
    assert time.monotonic() - begun < 2.5
    assert answer.status is None
    assert answer.unreachable


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n" * 500])
def test_nonsense_is_no_answer(said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    with raw_server(talk) as place:
        answer = post(f"http://{place}/", b"{}", {}, private=[ip_network("127.0.0.0/8")], time=2)
    assert answer.status is None
    assert answer.unreachable


def test_a_certificate_of_somebody_else_does_not_do(tmp_path: Any) -> None:
    """A server with a certificate that nobody vouches for, asked for under its name."""
    import subprocess

    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=hooks.example.com"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    asked: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)

    def talk(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True)

    with raw_server(talk) as place, translation.override("en"):
        url = f"https://hooks.example.com:{place.split(':')[1]}/"
        private = [ip_network("127.0.0.0/8")]
        answer = post(url, b"{}", {}, private=private, resolver=Names(["127.0.0.1"]), time=3)
        fault = str(answer.fault)
    assert answer.status is None
    assert "certificate" in fault
    assert asked == ["hooks.example.com"], "the name is asked for, not the address"


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert post(receiver.url, b"{}", {}, private=settings.WEBHOOKS_PRIVATE).accepted
