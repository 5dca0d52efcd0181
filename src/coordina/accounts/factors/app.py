"""Authenticator apps: codes of six digits that change every thirty seconds (RFC 6238), each good once."""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote

from django.utils.crypto import constant_time_compare

from coordina.accounts.factors.sealing import seal, unseal
from coordina.accounts.models import Authenticator, User

STEP = 30
"""Seconds that a code is shown."""
DRIFT = 1
"""Steps that a clock may be wrong, either way."""
DIGITS = 6
_BYTES = 20


def begin(user: User, *, at: datetime) -> Authenticator:
    """Begin to set an app up: a new secret, which counts for nothing until a code confirms it.

    Raises:
        ValueError: When the person has one that works; it has to be removed first.
    """
    if has_app(user):
        raise ValueError("there is an app already")
    secret = base64.b32encode(secrets.token_bytes(_BYTES)).decode()
    said = {"secret": seal(secret), "made_at": at, "confirmed_at": None, "last_step": 0}
    return Authenticator.objects.update_or_create(user_id=user.pk, defaults=said)[0]


def has_app(user: User) -> bool:
    """Whether a person has an app that works."""
    return Authenticator.objects.filter(user_id=user.pk, confirmed_at__isnull=False).exists()


def secret_begun(user: User) -> str | None:
    """The secret of an app that is being set up, to be shown to its person; never again afterwards."""
    row = Authenticator.objects.filter(user_id=user.pk, confirmed_at=None).first()
    return unseal(row.secret) if row is not None else None


def confirm(user: User, code: str, *, at: datetime) -> bool:
    """Let an app count from now on, if the code is its code. Gives whether it is."""
    if not _accepted(user, code, at, confirmed=False):
        return False
    return Authenticator.objects.filter(user_id=user.pk, confirmed_at=None).update(confirmed_at=at) == 1


def accepts(user: User, code: str, *, at: datetime) -> bool:
    """Whether this is the code of a person's app; it is worth nothing from then on."""
    return _accepted(user, code, at, confirmed=True)


def remove(user: User) -> bool:
    """Take the app away, also one that is only being set up. Gives whether there was one that worked."""
    had = has_app(user)
    Authenticator.objects.filter(user_id=user.pk).delete()
    return had


def address_of(secret: str, *, account: str, company: str) -> str:
    """What the QR code says: `otpauth://…`, as all these apps read it."""
    issuer = quote(f"Coordina {company}".replace(":", " ").strip())
    said = f"secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}"
    return f"otpauth://totp/{issuer}:{quote(account)}?{said}"


def code_at(secret: str, step: int) -> str:
    """The code that an app shows during one step."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    key = base64.b32decode(secret)
    hashed = SHA1()  # noqa: S303 (the standard's, and the only one that all apps know; as an HMAC it is sound)
    return TOTP(key, DIGITS, hashed, STEP, enforce_key_length=False).generate(step * STEP).decode()


def _accepted(user: User, code: str, at: datetime, *, confirmed: bool) -> bool:
    row = Authenticator.objects.filter(user_id=user.pk, confirmed_at__isnull=not confirmed).first()
    typed = "".join(code.split())
    secret = unseal(row.secret) if row is not None else None
    if secret is None or len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return False
    now = int(at.timestamp()) // STEP
    steps = [now + drift for drift in range(-DRIFT, DRIFT + 1)]
    right = [step for step in steps if constant_time_compare(code_at(secret, step), typed)]
    if not right:
        return False
    # one statement: of two at the same moment one is too late
    return Authenticator.objects.filter(user_id=user.pk, last_step__lt=right[0]).update(last_step=right[0]) == 1
