"""Archives of people: written by a job, fetched by whoever asked, gone after two days or with the next erasure."""

import re
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.storing.areas import EXPORTS, Stored
from coordina.ledger.queue import Kind, task
from coordina.privacy.actions import HAND_OUT
from coordina.privacy.queries import person_for
from coordina.privacy.telling import write_archive

_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")


def path_of(user_id: int, token: str) -> Stored | None:
    """Where the archive that somebody asked for is kept; None for what cannot be the name of one."""
    if not _NAME.fullmatch(token):
        return None
    return EXPORTS.at(f"{user_id}-{token}.zip")


@task(kind=Kind.LONG, label=_("Gathering what is kept of somebody"))
def gather(user_id: int, url: str, pk: int, token: str) -> dict[str, Any]:
    """Write the archive; gives the address where whoever asked fetches it.

    Args:
        user_id: Who asked; they must still be allowed.
        url: Segment of the record type.
        pk: Id of the contact or lead.
        token: Names the file.
    """
    user = User.objects.for_request().get(pk=user_id)
    record = person_for(user, url, pk, HAND_OUT)
    target = path_of(user_id, token)
    assert target is not None
    language = user.language or translation.get_language()
    with target.draft() as half, translation.override(language), timezone.override(None):
        write_archive(record, half, str(getattr(record, type(record).title_column)))
    return {"result_url": reverse("privacy:archive", args=(token,))}
