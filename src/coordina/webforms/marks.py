"""The mark of a page that was filled in: which form, when it was asked for, and a number that is taken once.

It takes the place of a CSRF cookie, which a form inside another site would not have: a page that does not carry one of
ours is shown again with one, and what was typed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils.crypto import salted_hmac

from coordina.accounts.throttle import Limits, network_of

_SALT = "coordina.webforms.mark"
LASTS = 24 * 3600
"""Seconds."""
PER_ADDRESS = 30
"""Submissions from one network address within a window of the throttle."""
PER_FORM = 600
MAILS = 3
"""Confirmation mails to one address within a day."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark says.

    Attributes:
        asked_at: Seconds since the epoch.
    """

    form_id: int
    nonce: str
    asked_at: float


def made(form_id: int, at: datetime) -> str:
    """A new mark."""
    return signing.dumps([form_id, secrets.token_urlsafe(18), at.timestamp()], salt=_SALT)


def read(text: str, form_id: int) -> Mark | None:
    """What a mark says; None where it is none of this form, or too old."""
    try:
        found = Mark(*signing.loads(text[:400], salt=_SALT, max_age=LASTS))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return found if found.form_id == form_id else None


def digest_of(kind: str, text: str) -> str:
    """What is kept of a network or e-mail address: nobody reads it, but the same ones can be told."""
    shown = network_of(text) if kind == "address" else text.strip().lower()
    return salted_hmac(f"coordina.webforms.{kind}", shown, algorithm="sha256").hexdigest()[:40] if text else ""


def limits_of(form_id: int, address: str) -> Limits:
    """The counters that one sending moves: that of the address, and that of the form."""
    return {f"form:{digest_of('address', address)[:32]}": PER_ADDRESS, f"form:{form_id}": PER_FORM}
