"""Writing an archive that somebody asked for, in the background; whoever asked fetches it within two days."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordina.accounts.models import User
from coordina.core.refusals import Forbidden
from coordina.core.storing.areas import EXPORTS, Stored
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.jobs import LIVE, Job
from coordina.ledger.queue import Kind, progress, task
from coordina.transfer.actions import TAKE, note, stop
from coordina.transfer.enums import Standing
from coordina.transfer.going_out import write_everything
from coordina.transfer.models import Archive

FINISH = "transfer.finish_archive"


def path_of(archive_id: int) -> Stored:
    """Where the file of an archive is, for as long as it is kept; it goes with every erasure of a person, too."""
    return EXPORTS.at(f"everything-{archive_id}.zip")


def key_of(archive_id: int) -> str:
    """The key of the job that writes an archive."""
    return f"transfer.archive:{archive_id}"


def under_way(archive: Archive) -> int | None:
    """Id of the job that writes an archive; None where none does any more."""
    return Job.objects.filter(key=key_of(archive.pk), state__in=LIVE).values_list("pk", flat=True).first()


@task(kind=Kind.LONG, label=_("Taking all data out"), max_attempts=3)
def write_archive(archive_id: int) -> dict[str, Any]:
    """Write an archive that was asked for; gives the address of the page where its owner fetches it."""
    order = Archive.objects.get(pk=archive_id)
    user = User.objects.for_request().get(pk=order.owner_id or 0)
    if not user.may(TAKE):
        raise Forbidden
    if order.status == Standing.WAITING:
        try:
            with path_of(order.pk).draft() as target:
                made = write_everything(target, _tell)
        except progress.Cancelled:
            with change_set(by=user, at=timezone.now(), via="system", action=FINISH, undoable=False):
                stop(order)
            raise
        with change_set(by=user, at=timezone.now(), via="system", action=FINISH, undoable=False):
            note(made, order)
    return {"result_url": reverse("web:everything")}


def _tell(done: int, total: int) -> None:
    progress.check()
    progress.report(done, total, gettext_noop("Writing everything down"))
