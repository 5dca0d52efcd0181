"""The session of a signed-in person: its beginning, its end, and who it belongs to.

Sessions die with the password and with the access: both are in the hash that the session carries.
"""

from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from coordina.accounts import devices
from coordina.accounts.models import User
from coordina.accounts.signin import SignInBackend

BACKEND = "coordina.accounts.signin.SignInBackend"
REMEMBERED = timedelta(days=30)


class Nobody:
    """A visitor who is not signed in: sees nothing and may do nothing."""

    pk = 0
    name = ""
    role = None
    is_authenticated = False
    is_anonymous = True

    def may(self, permission: str) -> bool:
        """No."""
        return False

    def scope(self, permission: str) -> None:
        """No records."""

    def shut(self, noun: str) -> dict[str, str]:
        """Nothing in particular: there is nothing to see anyway."""
        return {}


def start(request: HttpRequest, user: User, *, remember: bool = False) -> None:
    """Begin a session under a new key: one that somebody else has fixed or seen is worth nothing.

    Args:
        request: Whose session it is; its `user` is set.
        user: Who has signed in, as `for_request` reads them.
        remember: Keep it for 30 days; otherwise it ends with the browser.
    """
    devices.ended(request.session.session_key)
    request.session.flush()
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.set_expiry(int(REMEMBERED.total_seconds()) if remember else 0)
    request.session.save()  # it has its key from here on
    devices.begun(request, user)
    rotate_token(request)
    request.user = user  # type: ignore[assignment]  # the stubs know Django's own users only


def keep(request: HttpRequest) -> None:
    """Let the session in which the password was changed go on, under a new key; all others of the person are over."""
    user = SignInBackend().get_user(int(request.session[SESSION_KEY]))
    if user is None:
        request.session.flush()
        return
    old = request.session.session_key
    request.session.cycle_key()
    devices.moved(old, request)
    devices.end_devices(user, besides=request.session.session_key)
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    rotate_token(request)


def end(request: HttpRequest) -> None:
    """End the session with everything in it."""
    devices.ended(request.session.session_key)
    request.session.flush()
    request.user = Nobody()  # type: ignore[assignment]  # the stubs know Django's own users only


def load_user(request: HttpRequest) -> User | None:
    """The signed-in user in one query: of the session, with access, and with the password unchanged since."""
    key = str(request.session.get(SESSION_KEY, ""))
    if not (key.isascii() and key.isdigit()):
        return None
    user = SignInBackend().get_user(int(key))
    carried = request.session.get(HASH_SESSION_KEY, "")
    if user is not None and constant_time_compare(carried, user.get_session_auth_hash()):
        devices.seen(request, user)
        return user
    if user is not None and any(constant_time_compare(carried, old) for old in user.get_session_auth_fallback_hash()):
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        return user
    devices.ended(request.session.session_key)
    request.session.flush()
    return None
