"""What happened at the door: written down for the person and for administrators, and told where it matters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from coordina.accounts.models import SignInEvent, User
from coordina.accounts.models.factor import Happening

KEPT = timedelta(days=400)
"""How long it is kept: a year, and time to look at it."""
LONGEST = 200

type Listener = Callable[[SignInEvent, User], None]
_listeners: list[Listener] = []


@dataclass(frozen=True, slots=True)
class Where:
    """From where somebody came: network address, and what the browser calls itself."""

    address: str = ""
    agent: str = ""


def where(request: Any) -> Where:
    """From where a request comes; nowhere in particular without one."""
    if request is None:
        return Where()
    meta = request.META
    return Where(str(meta.get("REMOTE_ADDR", ""))[:45], str(meta.get("HTTP_USER_AGENT", ""))[:LONGEST])


def heard_by(listener: Listener) -> Listener:
    """Declare what an upper room does when something happened to somebody, in the same transaction."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def note(
    what: Happening,
    user: User | None,
    *,
    how: str = "",
    place: Where | None = None,
    by: User | None = None,
    detail: str = "",
    at: datetime | None = None,
) -> SignInEvent:
    """Write something down, and let who listens tell of it.

    Args:
        what: What happened.
        user: To whom; None where nobody has the e-mail that was tried.
        how: By which means.
        place: From where.
        by: Who did it, where that is somebody else.
        detail: Such as the name of a passkey; never a secret.
        at: When; now by default.
    """
    place = place or Where()
    event: SignInEvent = SignInEvent.objects.create(
        user_id=user.pk if user is not None else None,
        what=what,
        how=how,
        at=at or timezone.now(),
        address=place.address,
        agent=place.agent,
        by_id=by.pk if by is not None else None,
        detail=detail[:120],
    )
    if user is not None:
        for listener in _listeners:
            listener(event, user)
    return event


def events_of(user: User, most: int = 50) -> list[SignInEvent]:
    """What happened to one person, the newest first."""
    return list(SignInEvent.objects.filter(user_id=user.pk).select_related("by").order_by("-pk")[:most])


def events(
    *, since: datetime | None = None, until: datetime | None = None, what: Iterable[str] = (), user: int | None = None
) -> QuerySet[SignInEvent]:
    """What happened to everybody, the newest first: for who may look at all of it, such as a report for auditors.

    Args:
        since: From this moment on.
        until: Before this moment.
        what: Names in `Happening`; all of them when empty.
        user: Id of one person.
    """
    rows = SignInEvent.objects.select_related("user", "by").order_by("-pk")
    rows = rows.filter(at__gte=since) if since is not None else rows
    rows = rows.filter(at__lt=until) if until is not None else rows
    rows = rows.filter(what__in=list(what)) if what else rows
    return rows.filter(user_id=user) if user is not None else rows


def sweep(now: datetime) -> int:
    """Remove what is older than it is kept. Gives how many."""
    return SignInEvent.objects.filter(at__lt=now - KEPT).delete()[0]
