"""Workbooks of many rows, written in the background and fetched by whoever asked for them."""

import datetime as dt
import re
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.core.filters import Asker
from coordina.core.storing.areas import EXPORTS, Stored
from coordina.core.types import TYPES
from coordina.ledger.queue import Kind, progress, schedule, task
from coordina.web.listing import read_listing
from coordina.web.saved.workbook import write_workbook
from coordina.web.visitor import setting_of

KEPT = dt.timedelta(days=2)
_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")


def path_of_file(user_id: int, token: str) -> Stored | None:
    """Where the workbook of a person is kept; None for what cannot be the name of one."""
    if not _NAME.fullmatch(token):
        return None
    return EXPORTS.at(f"{user_id}-{token}.xlsx")


@task(kind=Kind.LONG, label=_("Writing the workbook"))
def write_large(user_id: int, name: str, query: str, token: str) -> dict[str, Any]:
    """Write all rows of a list into a workbook; gives the address where its owner fetches it.

    Args:
        user_id: Who asked; the file holds what they may see when it is written.
        name: Of the record type.
        query: What the address of the list says.
        token: Names the file.
    """
    user = User.objects.for_request().get(pk=user_id)
    chosen = setting_of(user, the_company(), "")
    asker = Asker(user=user, now=timezone.now(), time_zone=chosen.zone)
    target = path_of_file(user_id, token)
    assert target is not None
    with translation.override(chosen.locale), timezone.override(chosen.zone), target.draft() as half:
        listing = read_listing(TYPES[name], QueryDict(query), user, asker, chosen.formats)
        with half.open("wb") as file:
            write_workbook(listing, file, _tell)
    return {"result_url": reverse("web:workbook_file", args=(TYPES[name].url, token))}


def _tell(behind: int) -> None:
    progress.report(behind, None)
    progress.check()


@task()
def forget_workbooks() -> int:
    """Remove workbooks that were written days ago."""
    old = timezone.now() - KEPT
    gone = [each.name for each in EXPORTS.entries() if each.written_at < old]
    for name in gone:
        EXPORTS.at(name).remove()
    return len(gone)


schedule("web.forget_workbooks", forget_workbooks, "every 6h")
