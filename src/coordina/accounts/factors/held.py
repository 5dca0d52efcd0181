"""Which factors somebody has, and what follows when that changes: sessions elsewhere end, and the person is told."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from coordina.accounts.factors import app, paper
from coordina.accounts.models import Authenticator, Credential, Passkey, User


@dataclass(frozen=True, slots=True)
class Held:
    """The factors of one person.

    Attributes:
        app: Whether an app shows codes for them.
        passkeys: How many keys they have.
        codes: How many recovery codes are left.
    """

    app: bool
    passkeys: int
    codes: int

    @property
    def any(self) -> bool:
        """Whether they are asked for a second factor at all."""
        return self.app or self.passkeys > 0


def held_by(user: User) -> Held:
    """The factors that a person has."""
    return Held(app.has_app(user), Passkey.objects.filter(user_id=user.pk).count(), paper.left(user))


def move_mark(user: User) -> None:
    """Let every session of a person that begins to be another matter end: the mark is part of what sessions carry."""
    usual = {"password": make_password(None), "changed_at": timezone.now()}
    Credential.objects.get_or_create(user_id=user.pk, defaults=usual)
    Credential.objects.filter(user_id=user.pk).update(mark=secrets.token_hex(8))


def take_all(user: User) -> bool:
    """Take every factor of a person away, with the codes on paper. Gives whether there was any."""
    had = held_by(user)
    Authenticator.objects.filter(user_id=user.pk).delete()
    Passkey.objects.filter(user_id=user.pk).delete()
    paper.drop(user)
    return had.any or had.codes > 0
