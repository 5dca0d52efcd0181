"""Where a webhook may lead: what an address may look like, and which network addresses are public. No network here.

A name is checked twice: as it is written when a webhook is made, and what it resolves to each time something is sent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Text

type Network = IPv4Network | IPv6Network

LONGEST = 2000
PORTS = frozenset({443, 8443})
"""Ports below 1024 that are reached, and a usual one above; of the others all above 1023."""
_LETTERS = re.compile(r"[!-~]+\Z")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z")
_NUMBERS = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\Z")
"""What old resolvers read as an address: `127.1`, `0x7f.1`, `2130706433`."""
CLOSED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # shared by carriers
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "64:ff9b::/96",  # the next three hold IPv4 addresses
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/23",  # Teredo and other protocols
        "100::/64",
        "fec0::/10",
        "::/96",
    )
)
"""Besides what Python knows as not global: ranges that lead back inside by another way of writing."""


class BadAddress(ValueError):
    """An address that nothing is sent to.

    Attributes:
        message: Why, for people.
    """

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart.

    Attributes:
        host: As it is asked for: ASCII, lower case, without brackets.
        target: Path and query.
    """

    secure: bool
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """Host and port as the header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def place_of(text: str, private: Sequence[Network] = ()) -> Place:
    """Take an address apart.

    Args:
        text: Such as `https://example.com/hooks?key=1`.
        private: Networks of one's own to which things may be sent, also without encryption.

    Raises:
        BadAddress: For what is no address, or one that nothing is ever sent to.
    """
    if len(text) > LONGEST or not _LETTERS.match(text) or "\\" in text:
        raise BadAddress(_("Write an address that begins with https:// and has no spaces in it."))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadAddress(_("This is no address.")) from None
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise BadAddress(_("The address begins with https://."))
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadAddress(_("Leave name and password out of the address."))
    if parts.fragment or not parts.hostname or "%" in parts.netloc:
        raise BadAddress(_("This is no address."))
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = Place(secure, _host(parts.hostname, private), port or (443 if secure else 80), target)
    if not private and place.port not in PORTS and place.port < 1024:
        raise BadAddress(_("Nothing is sent to this port: use 443, or one above 1023."))
    return place


def _host(host: str, private: Sequence[Network]) -> str:
    """A host as it is asked for.

    Raises:
        BadAddress: For a name that cannot be, an address in an odd spelling, and one that is not public.
    """
    host = host.removesuffix(".").lower()
    try:
        literal = ip_address(host)
    except ValueError:
        if not _NAME.match(host) or _NUMBERS.match(host) or (not private and "." not in host):
            raise BadAddress(_("There can be no such host.")) from None
        return host
    check(literal, private)
    return str(literal)


def check(address: IPv4Address | IPv6Address, private: Sequence[Network] = ()) -> None:
    """Refuse network addresses that are not public, unless they are in a network that was opened on purpose.

    Raises:
        BadAddress: Always in the same words: they tell nothing of the network.
    """
    if not is_public(address) and not opened(address, private):
        raise BadAddress(_("This address leads into a private network; nothing is sent there."))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether a network address is one of the public Internet, however it is written."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address.scope_id is not None:
            return False
        if not address.is_global or address not in _GLOBAL_UNICAST:
            return False
    if address.is_multicast or address.is_reserved or not address.is_global or address.is_unspecified:
        return False
    return not any(address.version == net.version and address in net for net in CLOSED)


_GLOBAL_UNICAST = IPv6Network("2000::/3")


def opened(address: IPv4Address | IPv6Address, private: Sequence[Network]) -> bool:
    """Whether an address is in a network that an administrator of the server opened."""
    plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    return any(plain.version == net.version and plain in net for net in private)
