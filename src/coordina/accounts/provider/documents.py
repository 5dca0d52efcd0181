"""What the provider publishes: its discovery document and its keys, kept by the process for a while."""

from threading import Lock
from time import monotonic
from typing import Any

from coordina.accounts.provider import wire
from coordina.accounts.provider.wire import Unreachable

KEPT = 3600.0
"""Seconds that documents are kept."""
PAUSE = 60.0
"""Seconds between two looks for a key that was not there: a made-up key id does not make us ask each time."""
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")

_lock = Lock()
_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_looked: dict[str, float] = {}


def metadata(issuer: str) -> dict[str, Any]:
    """The discovery document.

    Raises:
        Unreachable: When there is none, it is another issuer's, or an address in it is not safe.
    """
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _kept_or_asked(url)
    if found.get("issuer") != issuer:
        _forget(url)
        raise Unreachable("the discovery document names another issuer")
    if any(not wire.is_safe(str(found.get(name, ""))) for name in NEEDED):
        _forget(url)
        raise Unreachable("the discovery document lacks an address")
    return found


def keys(issuer: str, *, anew: bool = False) -> dict[str, Any]:
    """The provider's keys as a JWK set.

    Args:
        issuer: Whose.
        anew: Ask again, for a key that was not among them; at most once a minute.

    Raises:
        Unreachable: When there are none.
    """
    url = str(metadata(issuer)["jwks_uri"])
    if anew:
        with _lock:
            now = monotonic()
            if now - _looked.get(url, -PAUSE) >= PAUSE:
                _looked[url] = now
                _kept.pop(url, None)
    return _kept_or_asked(url)


def forget() -> None:
    """Ask for everything again; for tests."""
    with _lock:
        _kept.clear()
        _looked.clear()


def _kept_or_asked(url: str) -> dict[str, Any]:
    held = _kept.get(url)
    if held is not None and monotonic() - held[0] < KEPT:
        return held[1]
    found = wire.get(url)
    with _lock:
        _kept[url] = (monotonic(), found)
    return found


def _forget(url: str) -> None:
    with _lock:
        _kept.pop(url, None)
