"""The way to the provider and back: state, nonce and proof key are kept in the session and good for one return."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from time import time
from typing import Any
from urllib.parse import urlencode

from coordina.accounts.provider import documents, wire
from coordina.accounts.provider.checking import Untrue, claims_of
from coordina.accounts.provider.configured import Provider

SENT = "provider"
"""Where the session keeps what was sent along."""
LASTS = 600
"""Seconds to come back."""
RECENT = 300
"""Seconds since a person signed in at the provider, where that is asked for anew."""


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who came back from the provider.

    Attributes:
        claims: What it says about them; checked.
        next: Where they wanted to go.
        again: Whether they only show again who they are.
    """

    claims: Mapping[str, Any]
    next: str
    again: bool


def way_there(request: Any, provider: Provider, *, back: str, next_: str, again: bool = False) -> str:
    """Where the browser is sent.

    Args:
        request: Of the session that remembers it.
        provider: The provider.
        back: The whole address of our return page.
        next_: Where the person wants to go.
        again: Ask them to sign in there once more.

    Raises:
        Unreachable: When the provider does not answer.
    """
    found = documents.metadata(provider.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "back": back, "next": next_, "again": again}
    request.session[SENT] = kept | {"at": int(time())}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | ({"prompt": "login", "max_age": "0"} if again else {})
    place = str(found["authorization_endpoint"])
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def came_back(request: Any, provider: Provider, given: Mapping[str, str]) -> Came:
    """Who came back, after the code was changed into a token and the token checked.

    Args:
        request: Of the session that remembers where it was sent.
        provider: The provider.
        given: What stands in the address.

    Raises:
        Untrue: When something is wrong, with what it is.
        Unreachable: When the provider does not answer.
    """
    kept = request.session.pop(SENT, None)
    if kept is None or not 0 <= time() - kept["at"] <= LASTS:
        raise Untrue("nobody was sent, or too long ago")
    if not compare_digest(given.get("state", "").encode(), kept["state"].encode()):
        raise Untrue("wrong state")
    found = documents.metadata(provider.issuer)
    _need_issuer(given, found, provider)
    if given.get("error") or not given.get("code"):
        raise Untrue("the provider said no")
    token = _changed(given["code"], kept, found, provider)
    claims = claims_of(str(token.get("id_token", "")), provider, nonce=kept["nonce"])
    if kept["again"] and not time() - _signed_in_at(claims) <= RECENT:
        raise Untrue("the provider did not ask again")
    if "email" not in claims and found.get("userinfo_endpoint") and token.get("access_token"):
        claims = _with_more(claims, wire.get(str(found["userinfo_endpoint"]), token=str(token["access_token"])))
    return Came(claims, kept["next"], kept["again"])


def _need_issuer(given: Mapping[str, str], found: Mapping[str, Any], provider: Provider) -> None:
    """Refuse an answer of another provider (RFC 9207)."""
    named = given.get("iss")
    if named != provider.issuer and (named is not None or found.get("authorization_response_iss_parameter_supported")):
        raise Untrue("another issuer answers")


def _changed(code: str, kept: Mapping[str, Any], found: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """What the provider gives for a code."""
    values = {"grant_type": "authorization_code", "code": code, "redirect_uri": kept["back"]}
    values |= {"code_verifier": kept["verifier"]}
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    url = str(found["token_endpoint"])
    if not provider.client_secret:
        return wire.post(url, values | {"client_id": provider.client_id})
    if "client_secret_basic" in methods:
        return wire.post(url, values, user=provider.client_id, password=provider.client_secret)
    return wire.post(url, values | {"client_id": provider.client_id, "client_secret": provider.client_secret})


def _with_more(claims: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The claims with what the provider says elsewhere of the same person; what was signed counts first."""
    if more.get("sub") != claims["sub"]:
        raise Untrue("another person's claims")
    return {**more, **claims}


def _signed_in_at(claims: Mapping[str, Any]) -> float:
    value = claims.get("auth_time", 0)
    return float(value) if isinstance(value, int | float) else 0.0
