"""After a restore nothing leaves until an administrator says so: no mail, no call of another program.

A restored backup holds mails and calls that the company sent long ago, and its rules may meanwhile be out of date. The
rooms that send register what waits with them (`QUEUES`) and ask `held` before they send.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.company import the_company
from coordina.accounts.models import Organization, User
from coordina.core.actions import action
from coordina.core.refusals import Refusal, Text
from coordina.core.registry import Registry

FIRST = "hold-first"
"""Stands in the data folder from a restore until the company's own row says that nothing leaves."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to leave in one room.

    Attributes:
        waiting: How many wait; only those from before a moment, where one is given.
        drop: Never sends what waits, from before a moment where one is given.
        wake: Begins to send.
        page: Name of the address where they are listed one by one, with its arguments.
    """

    label: Text
    waiting: Callable[[datetime | None], int]
    drop: Callable[[datetime | None], int]
    wake: Callable[[], None]
    page: tuple[str, list[str]]


QUEUES: Registry[str, Queue] = Registry("queue of what leaves")


class Waiting(TextChoices):
    """What becomes of all that waits when sending begins again."""

    DROP_OLD = "drop_old", _("Drop what came with the backup, send what is new")
    DROP = "drop", _("Drop everything that waits")
    SEND = "send", _("Send everything that waits")


def held() -> bool:
    """Whether nothing may leave now."""
    company = the_company()
    if company is not None and company.held_since is not None:
        return True
    return (Path(settings.DATA_DIR) / FIRST).exists()


@action(
    Organization,
    permission="accounts.change_organization",
    label=_("Let messages leave again"),
    icon="send",
    hidden=True,
    private=True,
    undoable=False,
)
def release_outgoing(
    *,
    organization: Organization,
    waiting: Annotated[Waiting, Field(json_schema_extra={"label": _("What waits")})],
    by: User,
    at: datetime,
) -> Organization:
    """Send again what Coordina has to send, after a restore.

    Args:
        waiting: What becomes of all that waits.

    Raises:
        Refusal: When nothing is held.
    """
    since = organization.held_since
    if since is None:
        raise Refusal("not_held", _("Messages leave already."), status=409)
    organization.held_since = None
    organization.save()
    for queue in QUEUES:
        if waiting != Waiting.SEND:
            queue.drop(since if waiting == Waiting.DROP_OLD else None)
        queue.wake()
    return organization
