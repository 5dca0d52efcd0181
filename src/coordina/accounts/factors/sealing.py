"""Secrets that have to be read again, sealed (AES and HMAC, by Fernet) under a key made from `SECRET_KEY`."""

import base64
from functools import lru_cache
from typing import Any

from django.conf import settings


def seal(text: str) -> str:
    """A secret as it may lie in the database."""
    return str(_box(settings.SECRET_KEY).encrypt(text.encode()).decode())


def unseal(sealed: str) -> str | None:
    """The secret again; None under another key: what was sealed is lost then, and has to be set up anew."""
    from cryptography.fernet import InvalidToken

    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return str(_box(key).decrypt(sealed.encode()).decode())
        except InvalidToken:
            continue
    return None


@lru_cache(4)
def _box(secret: str) -> Any:
    """What seals with one key; made from the secret for this purpose alone."""
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"coordina.factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(made))
