"""The secrets of tokens: made once, kept as a hash, found again; and what a token leaves of a person's permissions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic

from coordina.accounts.known import active_user
from coordina.accounts.models import Token, TokenKey, User
from coordina.core import growing
from coordina.core.permissions import PERMISSIONS
from coordina.core.prepared import Prepared
from coordina.core.types import TYPES

PREFIX = "coordina_"
"""How secrets begin, so that one that lies about is known for what it is."""
HINT = 4
LONGEST = 100
EVERY = 300.0
"""Seconds between two notes that a token was used."""
MOST = 10_000
"""Tokens of which a process remembers when it noted them last."""
READING = frozenset({"view"})
_noted: dict[int, float] = {}
_FOUND = Prepared(
    lambda digest: (
        TokenKey.objects.filter(digest=digest)
        .order_by()
        .values_list("token_id", "token__owner_id", "token__name", "token__writes", "token__types", "token__expires_on")
    )
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token acts as.

    Attributes:
        user: The person, with what the token leaves of their permissions.
        types: Names of the record types the token is for; empty for all.
    """

    pk: int
    name: str
    user: User
    writes: bool
    types: tuple[str, ...]
    expires_on: date | None

    def covers(self, noun: str) -> bool:
        """Whether the token is for a record type at all."""
        return not self.types or noun in self.types or (noun in TYPES and TYPES[noun].setting)


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def keep(token: Token, secret: str) -> None:
    """Keep the hash of a token's secret."""
    TokenKey.objects.create(token_id=token.pk, digest=_digest(secret))


def find(secret: str, *, today: date) -> Bearer | None:
    """Who a secret belongs to; None where there is no such token, it is too old, or its person has no access."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST or not secret.isascii():
        return None
    rows = _FOUND(_digest(secret))
    if not rows:
        return None
    pk, owner, name, writes, types, expires_on = rows[0]
    if expires_on is not None and expires_on < today:
        return None
    user = active_user(owner)
    if user is None:
        return None
    stamp = getattr(user, "stamp", None) or 0
    user.reach = dict(_left(tuple(sorted(user.reach.items())), writes, tuple(types), stamp, growing.generation()))
    return Bearer(pk, name, user, writes, tuple(types), expires_on)


def note_use(bearer: Bearer, address: str, at: datetime) -> None:
    """Note that a token was used, now and then."""
    now = monotonic()
    if now - _noted.get(bearer.pk, -EVERY) < EVERY:
        return
    if len(_noted) >= MOST:
        _noted.clear()
    _noted[bearer.pk] = now
    TokenKey.objects.filter(pk=bearer.pk).update(used_at=at, address=address[:45])


@dataclass(frozen=True, slots=True)
class Use:
    """When a token was used last, and from where."""

    at: datetime | None
    address: str


def uses(keys: list[int]) -> dict[int, Use]:
    """When some tokens were used last, by their ids."""
    rows = TokenKey.objects.filter(pk__in=keys).values_list("pk", "used_at", "address")
    return {pk: Use(at, address) for pk, at, address in rows}


def usual_end(today: date) -> date:
    """Until when a token is good unless somebody says otherwise: a year."""
    return today + timedelta(days=365)


@lru_cache(2000)
def _left(
    reach: tuple[tuple[str, str], ...], writes: bool, types: tuple[str, ...], stamp: int, generation: int
) -> tuple[tuple[str, str], ...]:
    """What a token leaves of a person's permissions; a reading one leaves sight alone.

    A token for some record types leaves them, and sight of the settings that they need: stages, reasons, users.
    """
    nouns = _nouns()
    kept = []
    for name, width in reach:
        verb = PERMISSIONS[name].verb if name in PERMISSIONS else ""
        sees = verb in READING or _is_field(name)
        noun = nouns.get(name)
        here = not types or noun in types or _is_field(name)
        here = here or (noun is not None and TYPES[noun].setting and verb in READING)
        if here and (writes or sees):
            kept.append((name, width))
    return tuple(kept)


def _is_field(name: str) -> bool:
    """Whether a permission decides about the sight of one field that people added."""
    return any(name == field.permission for known in TYPES for field in known.fields.values() if field.permission)


def _nouns() -> dict[str, str]:
    """The record type that each permission is about, by the permission's name."""
    ends = {(t.model._meta.app_label, str(t.model._meta.model_name)): t.name for t in TYPES if not t.model.scope_parent}
    found = {}
    for permission in PERMISSIONS:
        app, _dot, rest = permission.name.partition(".")
        noun = ends.get((app, rest.rpartition("_")[2]))
        if noun is not None:
            found[permission.name] = noun
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
