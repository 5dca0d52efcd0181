"""Signing in: the backend, and the one way in by password."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts import trail
from coordina.accounts.enums import Access
from coordina.accounts.known import active_user
from coordina.accounts.models import Happening, User
from coordina.accounts.passwords import LONGEST, matches, spend
from coordina.accounts.standing import is_key
from coordina.accounts.throttle import limits_of, release, reserve, sweep
from coordina.core.refusals import Refusal


class SignInBackend:
    """Loads the user of a session; `sign_in` checks the password."""

    def authenticate(self, request: Any, email: str = "", password: str = "") -> User | None:
        """The active user with this e-mail and password, None otherwise; takes as long either way."""
        user: User | None = User.objects.for_request().filter(email=email.strip().lower(), access=Access.ACTIVE).first()
        if user is None:
            spend(password)
            return None
        return user if matches(user, password) else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with role, team and permission stamp; None once access has ended."""
        return active_user(user_id)


def may_use_password(user: User) -> bool:
    """Whether a password opens the door to somebody: where passwords are off, to administrators only."""
    return settings.PASSWORDS or is_key(user.reach)


def sign_in(request: Any, *, email: str, password: str, address: str) -> User:
    """Check a password within the throttle.

    Args:
        request: The HTTP request, handed to the backend.
        email: What was typed.
        password: What was typed.
        address: Network address it comes from.

    Raises:
        Refusal: With code `throttled` (status 429) or `credentials`; the same text whether the user exists or not.
    """
    now = timezone.now()
    limits = limits_of(email, address)
    reserve(limits, now)
    readable = len(password) <= LONGEST and "\x00" not in email
    user = SignInBackend().authenticate(request, email=email, password=password) if readable else None
    if user is not None and not may_use_password(user):
        user = None
    if user is None:
        tried = User.objects.filter(email=email.strip().lower()[:254], access=Access.ACTIVE) if readable else ()
        trail.note(Happening.FAILED, next(iter(tried), None), how="password", place=trail.where(request))
        raise Refusal(
            "credentials",
            _("The e-mail and the password do not match. Check capital letters."),
            field="password",
        )
    release(limits)
    sweep(now)
    trail.sweep(now)
    return user
