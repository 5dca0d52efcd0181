"""Signing in: the backend, and the throttle that slows guessing down without locking people out for ever."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import Attempt, Credential, User
from coordina.core.refusals import Refusal

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
"""Failures of one account within the window before it has to wait."""
PER_ADDRESS = 50
"""Failures from one network address within the window before it has to wait."""


class SignInBackend:
    """Loads the user of a session; `sign_in` checks the password."""

    def authenticate(self, request: Any, email: str = "", password: str = "") -> User | None:
        """The active user with this e-mail and password, None otherwise; takes as long either way."""
        user: User | None = User.objects.for_request().filter(email=email.strip().lower(), access=Access.ACTIVE).first()
        hashed = getattr(user, "hashed", None)
        if user is None or hashed is None:
            make_password(password)
            return None

        def upgrade(raw: str) -> None:
            Credential.objects.filter(user_id=user.pk).update(password=make_password(raw))

        return user if check_password(password, hashed, setter=upgrade) else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with role, team and permission stamp; None once access has ended."""
        found: User | None = User.objects.for_request().filter(pk=user_id, access=Access.ACTIVE).first()
        return found


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
    keys = {_key("account", email.strip().lower()): PER_ACCOUNT, _key("address", address): PER_ADDRESS}
    recent = Attempt.objects.filter(key__in=keys, since__gt=now - WINDOW)
    if any(count >= keys[key] for key, count in recent.values_list("key", "count")):
        raise Refusal("throttled", _("Too many tries. Wait a quarter of an hour and try again."), status=429)
    user = SignInBackend().authenticate(request, email=email, password=password)
    if user is None:
        for key in keys:
            _count(key, now)
        raise Refusal("credentials", _("The e-mail or the password is not right."), field="password")
    Attempt.objects.filter(key=_key("account", email.strip().lower())).delete()
    return user


def _key(kind: str, value: str) -> str:
    """Names and addresses are not kept readable."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:60]}"


def _count(key: str, now: datetime) -> None:
    """One more failure; a window that is over begins anew."""
    with transaction.atomic():
        fresh = Attempt.objects.filter(key=key, since__gt=now - WINDOW).update(count=F("count") + 1)
        if not fresh:
            Attempt.objects.update_or_create(key=key, defaults={"count": 1, "since": now})
