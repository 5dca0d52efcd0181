"""The tokens of links for customers: made of a random seed and the secret of the installation, kept by their digest.

Who reads the database or a copy of it finds no link that works; who may copy the link has it made again. With another
secret the links that were sent work on, for they are found by their digest; they cannot be copied any more.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings

from coordina.accounts.throttle import Limits, network_of
from coordina.promises.models import StatusLink

LONGEST = 64
"""Signs of a token that are looked at."""
PER_ADDRESS = 50
"""Links that do not work which one network address may try within a window of the throttle."""


def new_seed() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_of(seed: str) -> str:
    """The token of a seed: 192 bits that nobody guesses."""
    key = hashlib.sha256(b"coordina.promises.link\0" + settings.SECRET_KEY.encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, seed.encode(), "sha256")[:24]).decode()


def digest_of(token: str) -> str:
    """By which a link is found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def copied(link: StatusLink) -> str:
    """The token of a link, for who may copy it; empty where the secret is another one than when it was made."""
    token = token_of(link.seed)
    return token if hmac.compare_digest(digest_of(token), link.digest) else ""


def works(link: StatusLink, today: dt.date) -> bool:
    """Whether a link opens its page on a day."""
    return link.revoked_at is None and today <= link.expires_on


def limits_of(address: str) -> Limits:
    """The counter that a link moves which does not work; it holds up none that works."""
    where = hashlib.sha256(network_of(address).encode("utf-8", "replace")).hexdigest()[:32]
    return {f"link:{where}": PER_ADDRESS}
