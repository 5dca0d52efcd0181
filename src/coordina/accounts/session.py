"""The session of a signed-in person: its beginning, its end, and who it belongs to.

Sessions die with the password, with the access and with the factors: all are in the hash that the session carries.
Who has a second factor is signed in by half first: such a session knows whom it waits for and opens nothing but the
second step.
"""

from datetime import timedelta
from time import time
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from coordina.accounts import devices, trail
from coordina.accounts.models import Happening, User
from coordina.accounts.signin import SignInBackend

BACKEND = "coordina.accounts.signin.SignInBackend"
REMEMBERED = timedelta(days=30)
HALF, PROOF = "half", "proof"
HALF_LASTS = timedelta(minutes=10)
"""Time to give the second factor in."""
PROVED = timedelta(minutes=10)
"""How long a proof of who one is lets delicate pages open."""
PROVED_TO_SEND = timedelta(minutes=30)
"""How long it lets them be sent: what was typed is not lost to a clock."""


class Nobody:
    """A visitor who is not signed in: sees nothing and may do nothing."""

    pk = 0
    name = ""
    role = None
    is_authenticated = False
    is_anonymous = True
    lacks_factor = False

    def may(self, permission: str) -> bool:
        """No."""
        return False

    def scope(self, permission: str) -> None:
        """No records."""

    def shut(self, noun: str) -> dict[str, str]:
        """Nothing in particular: there is nothing to see anyway."""
        return {}


def begin(request: HttpRequest, user: User, *, remember: bool = False, how: str = "password", way_on: str = "") -> bool:
    """Begin a session for who has given their first proof; by half only where they have a second factor.

    Args:
        request: Whose session it is.
        user: Who they say they are, as `for_request` reads them.
        remember: Keep the whole session for 30 days.
        how: What the first proof was.
        way_on: Where they go when they are in.

    Returns:
        Whether they are in; if not, the second step waits.
    """
    if not user.has_factor:
        start(request, user, remember=remember, how=how)
        return True
    devices.ended(request.session.session_key)
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "remember": remember,
        "how": how,
        "next": way_on,
        "at": int(time()),
    }
    request.session.set_expiry(int(HALF_LASTS.total_seconds()))
    rotate_token(request)
    return False


def half_of(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Whom a session signed in by half waits for, and what it keeps; None where it is none, too old or overtaken."""
    kept = request.session.get(HALF)
    if kept is None or time() - kept["at"] > HALF_LASTS.total_seconds():
        return None
    user = SignInBackend().get_user(kept["user"])
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user, kept


def is_half(request: HttpRequest) -> bool:
    """Whether somebody is on the way to the second step."""
    return HALF in request.session


def finish(request: HttpRequest, user: User, *, how: str) -> str:
    """Let who has given the second factor in.

    Returns:
        Where they wanted to go.
    """
    kept = request.session[HALF]
    start(request, user, remember=kept["remember"], how=how, complete=True)
    return str(kept["next"] or "/")


def prove(request: HttpRequest, how: str) -> None:
    """Note that the person has just shown again who they are."""
    kept = request.session.get(PROOF) or {}
    request.session[PROOF] = kept | {"at": int(time()), "how": how}


def proved(request: HttpRequest) -> bool:
    """Whether the person has shown who they are a short while ago."""
    within = PROVED if request.method in ("GET", "HEAD") else PROVED_TO_SEND
    kept = request.session.get(PROOF) or {}
    return bool(0 <= time() - kept.get("at", 0) <= within.total_seconds())


def lacks_factor(request: HttpRequest, user: Any) -> bool:
    """Whether a signed-in person has to set a second factor up before anything else opens.

    Who came in by a provider that asked for one has shown it there.
    """
    return bool(user.lacks_factor) and not (request.session.get(PROOF) or {}).get("complete")


def start(
    request: HttpRequest, user: User, *, remember: bool = False, how: str = "password", complete: bool = False
) -> None:
    """Begin a session under a new key: one that somebody else has fixed or seen is worth nothing.

    Args:
        request: Whose session it is; its `user` is set.
        user: Who has signed in, as `for_request` reads them.
        remember: Keep it for 30 days; otherwise it ends with the browser.
        how: What the last proof was.
        complete: Whether a second factor was shown.
    """
    devices.ended(request.session.session_key)
    request.session.flush()
    request.session[PROOF] = {"at": int(time()), "how": how, "complete": complete}
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.set_expiry(int(REMEMBERED.total_seconds()) if remember else 0)
    request.session.save()  # it has its key from here on
    devices.begun(request, user)
    trail.note(Happening.SIGNED_IN, user, how=how, place=trail.where(request))
    rotate_token(request)
    request.user = user  # type: ignore[assignment]  # the stubs know Django's own users only


def keep(request: HttpRequest, *, complete: bool = False) -> None:
    """Let the session in which password or factors were changed go on, under a new key; all others are over.

    Args:
        request: Of the session.
        complete: Whether a second factor was shown with it.
    """
    user = SignInBackend().get_user(int(request.session[SESSION_KEY]))
    if user is None:
        request.session.flush()
        return
    old = request.session.session_key
    request.session.cycle_key()
    devices.moved(old, request)
    devices.end_devices(user, besides=request.session.session_key)
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if complete:
        request.session[PROOF] = (request.session.get(PROOF) or {}) | {"complete": True}
    rotate_token(request)


def end(request: HttpRequest) -> None:
    """End the session with everything in it."""
    user: Any = getattr(request, "user", None)
    if isinstance(user, User):
        trail.note(Happening.SIGNED_OUT, user, place=trail.where(request))
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
