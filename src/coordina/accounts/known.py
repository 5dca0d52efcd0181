"""Users of sessions, kept by each process for as long as nothing about them has changed.

Reading a user with role, team and permissions anew costs a tenth of a page. Every write of a user, team or role sets a
new random mark (`follow.move_stamp`), a password shows in its hash and a change of factors in its mark: one small query
says whether all of them still hold, whether people changed the fields of record types meanwhile (`definitions`), and
whether somebody began to listen to records (`listening`).
"""

import copy
from collections import OrderedDict
from threading import Lock

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core import growing, listening
from coordina.core.actors import Reach
from coordina.core.database import keeping_cursor

MOST = 2000
"""Users one process keeps."""

type Mark = tuple[int, str | None, str | None]

_kept: OrderedDict[int, tuple[Mark, User]] = OrderedDict()
_lock = Lock()
_MARK = (
    'SELECT s."count", c.password, c.mark, (SELECT "count" FROM accounts_stamp WHERE id = 2),'
    ' (SELECT "count" FROM accounts_stamp WHERE id = 3)'
    " FROM accounts_stamp s LEFT JOIN accounts_credential c ON c.user_id = %s WHERE s.id = 1"
)


def active_user(user_id: int) -> User | None:
    """The user with role, team, permissions and permission stamp; None without access.

    Each call gives a copy: what a request sets on it is gone with the request.
    """
    with keeping_cursor() as cursor:
        cursor.execute(_MARK, [user_id])
        row = cursor.fetchone()
    mark: Mark | None = (row[0], row[1], row[2]) if row is not None else None
    growing.agree(row[3] if row is not None else None)
    listening.agree(row[4] if row is not None else None)
    held = _kept.get(user_id)
    if mark is not None and held is not None and held[0] == mark:
        return copy.copy(held[1])
    found: User | None = User.objects.for_request().filter(pk=user_id, access=Access.ACTIVE).first()
    if found is not None and mark is not None and (getattr(found, "stamp", None), found.hashed, found.mark) == mark:
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
