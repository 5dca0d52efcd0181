"""The mark by which every process knows whether the fields it holds are still those that people defined."""

import secrets

from coordina.accounts.models import Stamp
from coordina.core import growing, listening

STAMP = 2
"""Row of the stamps that says it; the first one speaks of users, teams and roles."""
LISTENERS = 3
"""Row of the stamps that says who listens to records from outside."""


def mark() -> int | None:
    """The mark as of now; None where nobody ever defined a field."""
    return Stamp.objects.filter(pk=STAMP).values_list("count", flat=True).first()


def agree() -> None:
    """Know the fields as they are defined now, and who listens: at the start of a job or a command."""
    marks = dict(Stamp.objects.filter(pk__in=(STAMP, LISTENERS)).values_list("pk", "count"))
    growing.agree(marks.get(STAMP))
    listening.agree(marks.get(LISTENERS))


def move() -> None:
    """Tell every process to read the definitions again, and read them here at once, in the open transaction."""
    made = secrets.randbits(62)
    Stamp.objects.update_or_create(pk=STAMP, defaults={"count": made})
    growing.load(made)


def move_listeners() -> None:
    """Tell every process to read anew who listens, and read it here at once, in the open transaction."""
    made = secrets.randbits(62)
    Stamp.objects.update_or_create(pk=LISTENERS, defaults={"count": made})
    listening.load(made)
