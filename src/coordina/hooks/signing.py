"""The secrets of webhooks and the signature of a request.

A secret is derived from a random text in a machine table and the key of the installation, so neither the database nor
a backup of it holds one. The signature is an HMAC-SHA256 over `<seconds>.<body>`, sent as `t=<seconds>,v1=<hex>`; while
a changed secret is good along with the new one, there are two `v1`.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from coordina.hooks.models import Line

PREFIX = "whsec_"
SALT = "coordina.hooks.secret"
OVERLAP = timedelta(days=1)
"""How long the secret before the last is good along."""


def line_of(webhook_id: int) -> Line:
    """What a webhook needs to be sent; made where it is missing, as after its deletion was undone."""
    line: Line = Line.objects.get_or_create(webhook_id=webhook_id, defaults={"nonce": new_nonce()})[0]
    return line


def new_nonce() -> str:
    """What a new secret is derived from: 256 random bits."""
    return secrets.token_urlsafe(32)


def secret_from(webhook_id: int, nonce: str) -> str:
    """The secret that belongs to a webhook and a random text."""
    digest = salted_hmac(SALT, f"{webhook_id}:{nonce}", algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def secrets_of(line: Line, at: datetime) -> list[str]:
    """The secrets that are good now, the newest first."""
    nonces = [line.nonce]
    if line.old_nonce and line.old_until is not None and line.old_until > at:
        nonces.append(line.old_nonce)
    return [secret_from(line.webhook_id, nonce) for nonce in nonces]


def rotate(line: Line, at: datetime) -> str:
    """Change the secret; the one before is good along for a day. Gives the new one."""
    line.old_nonce, line.old_until = line.nonce, at + OVERLAP
    line.nonce, line.shown = new_nonce(), True
    line.save(update_fields=["nonce", "old_nonce", "old_until", "shown"])
    return secret_from(line.webhook_id, line.nonce)


def reveal(line: Line) -> str | None:
    """The secret, the first time it is asked for; None afterwards."""
    if not Line.objects.filter(pk=line.pk, shown=False).update(shown=True):
        return None
    return secret_from(line.webhook_id, line.nonce)


def signature(body: bytes, keys: Sequence[str], at: datetime) -> str:
    """The header by which a receiver knows that a body is ours.

    Args:
        body: Exactly what is sent.
        keys: The secrets that are good now.
        at: When it is sent; a receiver refuses what is older than some minutes.
    """
    seconds = int(at.timestamp())
    signed = b"%d." % seconds + body
    parts = [f"v1={hmac.new(key.encode(), signed, 'sha256').hexdigest()}" for key in keys]
    return ",".join([f"t={seconds}", *parts])
