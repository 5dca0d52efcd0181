"""What follows from writes on users, teams and roles: the permission stamp moves."""

from collections.abc import Sequence

from django.db.models import F

from coordina.accounts.models import Stamp
from coordina.core.changes import Entry
from coordina.core.derived import follows


@follows("accounts.User", "accounts.Team", "accounts.Role")
def move_stamp(entries: Sequence[Entry]) -> None:
    """Tell every process to read the team tree again."""
    if not Stamp.objects.filter(pk=1).update(count=F("count") + 1):
        Stamp.objects.create(pk=1, count=1)
