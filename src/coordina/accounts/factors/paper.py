"""Recovery codes: ten on paper for when telephone and passkeys are gone; each works once."""

import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from coordina.accounts.models import RecoveryCode, User

COUNT = 10
FEW = 3
"""With so many left, a person is reminded to make new ones."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _EACH = 3, 4


def make(user: User) -> list[str]:
    """Ten new codes, 59 random bits each; the old ones are worth nothing. Nobody can show them again."""
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))
             for _ in range(COUNT)]  # fmt: skip
    RecoveryCode.objects.filter(user_id=user.pk).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user_id=user.pk, digest=_digest(user, code)) for code in codes])
    return codes


def use(user: User, code: str, *, at: datetime) -> bool:
    """Whether this is a code of the person that was not used; it is from now on."""
    digest = _digest(user, code)
    return RecoveryCode.objects.filter(user_id=user.pk, digest=digest, used_at=None).update(used_at=at) == 1


def left(user: User) -> int:
    """How many codes a person still has."""
    return RecoveryCode.objects.filter(user_id=user.pk, used_at=None).count()


def drop(user: User) -> None:
    """End all codes of a person."""
    RecoveryCode.objects.filter(user_id=user.pk).delete()


def _digest(user: User, code: str) -> str:
    """Under the company's secret and for this person alone: worth nothing to who has only the database."""
    typed = "".join(c for c in code.lower()[:100] if c.isalnum())
    return salted_hmac("coordina.recovery", f"{user.pk}:{typed}", algorithm="sha256").hexdigest()
