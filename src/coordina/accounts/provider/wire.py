"""Asking the provider: one request at a time, over https, without redirects, within seconds, and not without end."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

SECONDS = 5
LARGEST = 1_000_000
"""Bytes of an answer that are read."""


class Unreachable(Exception):
    """The provider gives no answer that makes sense; the text is for logs and holds no secret."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: nobody is sent on with a secret in hand."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """No."""


_opener = urllib.request.build_opener(_Straight, urllib.request.ProxyHandler())


def is_safe(url: str) -> bool:
    """Whether an address may be asked: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))


def get(url: str, *, token: str = "") -> dict[str, Any]:
    """A JSON object.

    Raises:
        Unreachable: When there is none.
    """
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return _asked(url, headers)


def post(url: str, values: Mapping[str, str], *, user: str = "", password: str = "") -> dict[str, Any]:
    """The JSON object that answers a form.

    Args:
        url: Where.
        values: The form.
        user, password: Of the client, by HTTP Basic as OAuth writes it; none when empty.

    Raises:
        Unreachable: When there is none.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    if user:
        pair = f"{quote(user, safe='')}:{quote(password, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return _asked(url, headers, urlencode(values).encode())


def _asked(url: str, headers: dict[str, str], data: bytes | None = None) -> dict[str, Any]:
    if not is_safe(url):
        raise Unreachable("an address of the provider is not https")
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 (looked at just above)
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(LARGEST + 1)[:LARGEST])
    except (OSError, ValueError, RecursionError) as fault:
        code = getattr(fault, "code", "")
        raise Unreachable(f"{type(fault).__name__} {code}".strip()) from None
    if not isinstance(found, dict):
        raise Unreachable("not a JSON object")
    return found


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
