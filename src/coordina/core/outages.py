"""When the database or the bucket of files is away for a moment: it restarts, or has too much to do."""

from django.db import InterfaceError, OperationalError

from coordina.core.storing.stores import FilesAway

OUTAGE = (OperationalError, InterfaceError, FilesAway)
"""What is raised then. What was under way is rolled back, so the same request may be sent again."""
RETRY_AFTER = 2
"""Seconds after which trying again makes sense while the database is away."""
RETRY_AFTER_FILES = 30
"""The same for the bucket, which is a service of its own and comes back less soon."""


def retry_after(fault: BaseException | None) -> int:
    """Seconds after which trying again makes sense."""
    return RETRY_AFTER_FILES if isinstance(fault, FilesAway) else RETRY_AFTER
