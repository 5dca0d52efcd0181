"""Passwords: their rules, their hash, their check. Secrets stay outside the ledger."""

import secrets
import unicodedata
from datetime import datetime
from typing import Annotated, Any

from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pydantic import Field, StringConstraints

from coordina.accounts.models import Credential, User
from coordina.core.refusals import Refusal

LONGEST = 200
Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=False),
    Field(json_schema_extra={"format": "password"}),
]
"""A password as it was typed: blanks at its ends belong to it."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def check_rules(password: str, user: User, *, field: str = "password") -> None:
    """Refuse a weak password.

    Raises:
        Refusal: When it is too short, too common, only digits, or like the name or e-mail.
    """
    try:
        validate_password(normal(password), user)  # type: ignore[arg-type]  # the stubs know Django's own users only
    except ValidationError as error:
        raise Refusal("password", " ".join(error.messages), field=field) from None


def store_password(user: User, password: str, *, at: datetime, field: str = "password") -> None:
    """Keep the hash of a password; sessions that began under another one are over.

    Raises:
        Refusal: When the password is too short, too common or like the name.
    """
    check_rules(password, user, field=field)
    defaults: dict[str, Any] = {"password": make_password(normal(password)), "changed_at": at}
    Credential.objects.update_or_create(user_id=user.pk, defaults=defaults)


def matches(user: User, password: str) -> bool:
    """Whether this is the user's password. Takes as long for a user without one."""
    hashed = getattr(user, "hashed", None) or _hash_of(user)
    if not hashed:
        spend(password)
        return False

    def upgrade(raw: str) -> None:
        user.hashed = make_password(raw)
        Credential.objects.filter(user_id=user.pk).update(password=user.hashed)

    return check_password(normal(password), hashed, setter=upgrade)


def has_password(user: User) -> bool:
    """Whether a person has a password at all; who comes by the company's provider may have none."""
    hashed = getattr(user, "hashed", None) or _hash_of(user)
    return bool(hashed) and is_password_usable(hashed)


def spend(password: str) -> None:
    """Take the time of a check, so that nobody learns from the clock who exists."""
    make_password(normal(password))


def suggestion() -> str:
    """A random first password that can be read out on the telephone: 77 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def normal(password: str) -> str:
    """One form for letters that keyboards write in two ways."""
    return unicodedata.normalize("NFKC", password)


def _hash_of(user: User) -> str | None:
    return Credential.objects.filter(user_id=user.pk).values_list("password", flat=True).first()
