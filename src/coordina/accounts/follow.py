"""What follows from writes on users, teams, roles and the company, in the same transaction."""

import secrets
from collections.abc import Sequence

from coordina.accounts.models import Stamp
from coordina.accounts.rates import forget_rates
from coordina.accounts.standing import keep_an_administrator
from coordina.core.changes import Entry
from coordina.core.derived import follows


@follows("accounts.User", "accounts.Team", "accounts.Role")
def move_stamp(entries: Sequence[Entry]) -> None:
    """Tell every process to read the team tree again. A random mark: a count would come again after a rollback."""
    Stamp.objects.update_or_create(pk=1, defaults={"count": secrets.randbits(62)})


@follows("accounts.Organization", "accounts.Rate")
def drop_rates(entries: Sequence[Entry]) -> None:
    """Read rates again before the next check."""
    forget_rates()


follows("accounts.User", "accounts.Role")(keep_an_administrator)
