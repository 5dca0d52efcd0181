"""Users of sessions, kept by each process for as long as nothing about them has changed.

Reading a user with role, team and permissions anew costs a tenth of a page. Every write of a user, team or role sets a
new random mark (`follow.move_stamp`), and a password shows in its hash: one small query says whether both still hold.
The same query tells whether people changed the fields of record types meanwhile (`definitions`).
"""

import copy
from collections import OrderedDict
from threading import Lock

from django.db import connection

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core import growing
from coordina.core.actors import Reach

MOST = 2000
"""Users one process keeps."""

type Mark = tuple[int, str | None]

_kept: OrderedDict[int, tuple[Mark, User]] = OrderedDict()
_lock = Lock()
_MARK = (
    'SELECT "count", (SELECT password FROM accounts_credential WHERE user_id = %s),'
    ' (SELECT "count" FROM accounts_stamp WHERE id = 2) FROM accounts_stamp WHERE id = 1'
)


def active_user(user_id: int) -> User | None:
    """The user with role, team, permissions and permission stamp; None without access.

    Each call gives a copy: what a request sets on it is gone with the request.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [user_id])
        row = cursor.fetchone()
    mark: Mark | None = (row[0], row[1]) if row is not None else None
    growing.agree(row[2] if row is not None else None)
    held = _kept.get(user_id)
    if mark is not None and held is not None and held[0] == mark:
        return copy.copy(held[1])
    found: User | None = User.objects.for_request().filter(pk=user_id, access=Access.ACTIVE).first()
    if found is not None and mark is not None and (getattr(found, "stamp", None), found.hashed) == mark:
        _keep(user_id, mark, found)
        return copy.copy(found)
    return found


def _keep(user_id: int, mark: Mark, user: User) -> None:
    """Keep a user with what every request works out from them: reach and teams."""
    if Reach.TEAM in user.reach.values():
        _ = user.team_ids
    _ = user.sights  # made before copies are, so that they all share it
    with _lock:
        _kept[user_id] = (mark, user)
        _kept.move_to_end(user_id)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
