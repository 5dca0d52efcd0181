"""What can be done: asking for an archive of everything, and noting what became of it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.permissions import permission
from coordina.transfer.enums import Standing
from coordina.transfer.going_out import Packed
from coordina.transfer.models import Archive

TAKE = permission(
    "transfer.take_everything",
    noun=_("data"),
    verb="take",
    label=_("Take all data out"),
    grants={"administrator": "all"},
)


@action(
    Archive,
    permission=TAKE,
    label=_("Take all data out"),
    icon="package-export",
    private=True,
    hidden=True,
    undoable=False,
)
def order_archive(*, by: User, at: datetime) -> Archive:
    """Ask for an archive of everything; a job writes it."""
    made = Archive(owner=by)
    made.save()
    return made


def note(packed: Packed, order: Archive | None) -> Archive:
    """Write down what an archive holds, in the open change set.

    Args:
        order: What was asked for; None where nobody asked through the pages.
    """
    made = order or Archive()
    made.status = Standing.READY
    made.rows, made.files, made.size, made.digest = packed.rows, packed.files, packed.size, packed.digest
    made.save()
    return made


def stop(order: Archive) -> Archive:
    """Write down that an archive was not written, in the open change set."""
    order.status = Standing.STOPPED
    order.save()
    return order
