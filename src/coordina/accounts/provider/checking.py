"""Whether an ID token is what it says: signed by the provider, for us, now, and for this very request."""

from collections.abc import Mapping
from hmac import compare_digest
from time import time
from typing import Any

from coordina.accounts.provider import documents
from coordina.accounts.provider.configured import Provider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures with a key pair alone: never `none`, and never one whose key could be a public one."""
LEEWAY = 60
"""Seconds that two clocks may differ."""
LONGEST = 255
"""Letters of a subject, as the standard has it."""


class Untrue(Exception):
    """A token that is not what it should be; the text is for logs and holds nothing of the token."""


def claims_of(token: str, provider: Provider, *, nonce: str) -> dict[str, Any]:
    """What a token says, after everything about it was checked.

    Args:
        token: The ID token.
        provider: Whose it has to be.
        nonce: What was sent along with the request that it answers.

    Raises:
        Untrue: When anything is wrong.
        Unreachable: When the provider's keys cannot be had.
    """
    claims = _signed(token, provider)
    now = time()
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    party = claims.get("azp")
    checks = {
        "issuer": claims.get("iss") == provider.issuer,
        "audience": provider.client_id in audiences,
        "party": party == provider.client_id if party is not None else len(audiences) == 1,
        "expiry": _number(claims, "exp") > now - LEEWAY,
        "issued": 0 < _number(claims, "iat") <= now + LEEWAY,
        "begin": _number(claims, "nbf") <= now + LEEWAY,
        "nonce": compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "subject": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= LONGEST,
    }
    wrong = [name for name, right in checks.items() if not right]
    if wrong:
        raise Untrue(f"wrong {', '.join(wrong)}")
    return claims


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    """The claims of a token with a signature of the provider; its keys are asked for again where none fits."""
    for anew in (False, True):
        found = _verified(token, documents.keys(provider.issuer, anew=anew))
        if found is not None:
            return found
    raise Untrue("no key of the provider has signed it")


def _verified(token: str, published: Mapping[str, Any]) -> dict[str, Any] | None:
    """The claims, when one of the published keys has signed them; None otherwise."""
    from joserfc import jws, jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    try:
        named = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        raise Untrue("not a token") from None
    rows = published.get("keys")
    for row in rows if isinstance(rows, list) else ():
        fits = isinstance(row, dict) and row.get("kty") != "oct" and row.get("use", "sig") == "sig"
        if not fits or (named is not None and row.get("kid") not in (named, None)):
            continue
        try:
            return dict(jwt.decode(token, import_key(row), algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return None
