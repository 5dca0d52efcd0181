"""One request to a receiver: the name is looked up once, every address it has must be public, and the connection goes
to one of these very addresses, whatever the name says a moment later. Certificates are checked against the name.
Redirects are answers like others: nothing follows them. Proxies of the environment are not used. No database here.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Timer
from time import monotonic
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Text
from coordina.hooks.addresses import BadAddress, Network, Place, check, opened, place_of

TIME = 10.0
"""Seconds for a whole request: to connect, to send, and until the answer is there."""
HEAD = 1000
"""Letters of an answer that are kept."""
MOST = 64 * 1024
"""Bytes of an answer that are read."""

type Address = IPv4Address | IPv6Address
type Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request.

    Attributes:
        status: Of the answer; None where there was none.
        head: The beginning of its body.
        wait: Seconds after which the receiver wants to be asked again; None where it says nothing.
        fault: Why there was no answer, for people.
        unreachable: Whether others need not be tried now either: it does not answer at all, or is too busy.
        refused: Whether nothing may be sent to this address.
    """

    milliseconds: int
    status: int | None = None
    head: str = ""
    wait: int | None = None
    fault: Text = ""
    unreachable: bool = False
    refused: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


BUSY = frozenset({429, 502, 503, 504})
"""Answers that speak of the receiver as a whole."""


def resolve(host: str, port: int) -> list[str]:
    """The network addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: Sequence[Network] = (),
    time: float = TIME,
    resolver: Resolver | None = None,
) -> Answer:
    """Send one request.

    Args:
        address: Where to.
        body: JSON.
        headers: Besides those of the connection.
        private: Networks of one's own that were opened on purpose.
        time: Seconds for everything.
        resolver: How names are looked up; given by tests.

    Returns:
        The answer, or why there was none; nothing is raised for what the other side does.
    """
    begun = monotonic()

    def took() -> int:
        return int((monotonic() - begun) * 1000)

    try:
        place = place_of(address, private)
        target = _public(place, private, resolver or resolve)
    except BadAddress as bad:
        return Answer(took(), fault=bad.message, refused=True)
    except OSError:
        return Answer(took(), fault=_("Its name is not known."), unreachable=True)
    try:
        status, head, wait = _exchanged(place, target, body, headers, time)
    except ssl.SSLCertVerificationError:
        return Answer(took(), fault=_("Its certificate does not hold."), unreachable=True)
    except TimeoutError:
        return Answer(took(), fault=_("It took too long to answer."), unreachable=True)
    except (OSError, http.client.HTTPException, ValueError):
        late = monotonic() - begun >= time
        fault = _("It took too long to answer.") if late else _("It does not answer, or closes the connection.")
        return Answer(took(), fault=fault, unreachable=True)
    return Answer(took(), status, head, wait, unreachable=status in BUSY)


def _public(place: Place, private: Sequence[Network], resolver: Resolver) -> str:
    """The network address to connect to: the first, if all that the name has may be reached.

    Raises:
        BadAddress: When one of them may not, or would be reached without encryption outside one's own networks.
        OSError: When the name is not known.
    """
    found: list[Address] = []
    for text in resolver(place.host, place.port):
        try:
            found.append(ip_address(text))
        except ValueError:
            raise BadAddress(_("This is no address.")) from None
    if not found:
        raise OSError(f"{place.host} has no address")
    for each in found:
        check(each, private)
        if not place.secure and not opened(each, private):
            raise BadAddress(_("The address begins with https://."))
    return str(found[0])


def _exchanged(
    place: Place, target: str, body: bytes, headers: Mapping[str, str], time: float
) -> tuple[int, str, int | None]:
    """Connect, send and read: status, beginning of the answer, and when to ask again."""
    connection = _Pinned(place, target, time)
    watch = Timer(time, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.putrequest("POST", place.target, skip_host=True, skip_accept_encoding=True)
        given = {"Host": place.named, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (given | dict(headers)).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        if connection.late:  # what was said until then only looks like an answer
            raise TimeoutError
        head = _head(answer)
        return answer.status, head, _seconds(answer.getheader("Retry-After", ""))
    finally:
        watch.cancel()
        connection.close()


def _head(answer: http.client.HTTPResponse) -> str:
    """The beginning of an answer's body as text, without letters that cannot be shown; empty where it breaks off."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        text = answer.read(MOST)[: HEAD * 4].decode("utf-8", "replace")
        return "".join(c for c in text if c.isprintable() or c == "\n")[:HEAD]
    return ""


def _seconds(text: str | None) -> int | None:
    """Seconds of a `Retry-After`; dates are not read."""
    text = (text or "").strip()
    return min(int(text), 86_400) if text.isascii() and text.isdecimal() and len(text) < 8 else None


@cache
def _certificates() -> ssl.SSLContext:
    """Certificates of this machine, TLS 1.2 at least; read at first use."""
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


class _Pinned(http.client.HTTPConnection):
    """A connection to one network address, under the name that was asked for."""

    def __init__(self, place: Place, target: str, time: float) -> None:
        super().__init__(place.host, place.port, timeout=time)
        self._place, self._target = place, target
        self.late = False

    def connect(self) -> None:
        """Connect to the address that was checked, never to what the name says now."""
        self.sock: Any = socket.create_connection((self._target, self._place.port), self.timeout)
        if self._place.secure:
            host = self._place.host
            self.sock = _certificates().wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self) -> None:
        """End it from another thread: the time is over."""
        self.late = True
        with suppress(OSError, TypeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
