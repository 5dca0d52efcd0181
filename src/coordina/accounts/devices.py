"""The sessions of a person as they know them, and ending them."""

from importlib import import_module
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from coordina.accounts.models import Device, User

EVERY = 300.0
"""Seconds between two notes that a session was seen."""
MOST = 10_000
"""Sessions of which a process remembers when it noted them last."""
_noted: dict[str, float] = {}


def begun(request: HttpRequest, user: User) -> None:
    """Note a new session, whose key is known by now."""
    now = timezone.now()
    Device.objects.create(
        user_id=user.pk, session_key=request.session.session_key or "", began_at=now, seen_at=now, **_seen(request)
    )


def moved(old: str | None, request: HttpRequest) -> None:
    """A session goes on under a new key."""
    Device.objects.filter(session_key=old or "").update(session_key=request.session.session_key or "")


def seen(request: HttpRequest, user: User) -> None:
    """Note that a session was used, now and then; one that began before such notes were kept gets its first."""
    key = request.session.session_key or ""
    now = monotonic()
    if not key or now - _noted.get(key, -EVERY) < EVERY:
        return
    if len(_noted) >= MOST:
        _noted.clear()
    _noted[key] = now
    at = timezone.now()
    if Device.objects.filter(session_key=key).update(seen_at=at, **_seen(request)):
        return
    try:
        with transaction.atomic():
            Device.objects.create(user_id=user.pk, session_key=key, began_at=at, seen_at=at, **_seen(request))
    except IntegrityError:  # another request of the same page was quicker
        pass


def ended(key: str | None) -> None:
    """Forget a session that is over."""
    Device.objects.filter(session_key=key or "").delete()


def devices_of(user: User) -> list[Device]:
    """The sessions of a person that are not over, the last used first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(Device.objects.filter(user_id=user.pk, session_key__in=alive).order_by("-seen_at", "-pk"))


def end_devices(user: User, *, only: int | None = None, besides: str | None = None) -> int:
    """End sessions of a person at once.

    Args:
        user: Whose.
        only: Id of the one; all when None.
        besides: Key of the session that goes on.

    Returns:
        How many there were.
    """
    rows = Device.objects.filter(user_id=user.pk)
    if only is not None:
        rows = rows.filter(pk=only)
    if besides is not None:
        rows = rows.exclude(session_key=besides)
    keys = list(rows.values_list("session_key", flat=True))
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:  # through the store, for it may keep a copy in a cache
        store(key).delete()
    rows.filter(session_key__in=keys).delete()
    return len(keys)


def _seen(request: HttpRequest) -> dict[str, Any]:
    meta = request.META
    return {"agent": str(meta.get("HTTP_USER_AGENT", ""))[:200], "address": str(meta.get("REMOTE_ADDR", ""))[:45]}
