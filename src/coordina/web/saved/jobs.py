"""Workbooks of many rows, written in the background and fetched by whoever asked for them."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.core.filters import Asker
from coordina.core.types import TYPES
from coordina.ledger.queue import Kind, progress, schedule, task
from coordina.web.listing import read_listing
from coordina.web.saved.workbook import write_workbook
from coordina.web.visitor import setting_of

KEPT = dt.timedelta(days=2)
_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")


def path_of_file(user_id: int, token: str) -> Path | None:
    """Where the workbook of a person is kept; None for what cannot be the name of one."""
    if not _NAME.fullmatch(token):
        return None
    return Path(settings.DATA_DIR) / "exports" / f"{user_id}-{token}.xlsx"


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
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    with translation.override(chosen.language), timezone.override(chosen.zone), half.open("wb") as file:
        listing = read_listing(TYPES[name], QueryDict(query), user, asker, chosen.formats)
        write_workbook(listing, file, _tell)
    half.replace(target)
    return {"result_url": reverse("web:workbook_file", args=(TYPES[name].url, token))}


def _tell(behind: int) -> None:
    progress.report(behind, None)
    progress.check()


@task()
def forget_workbooks() -> int:
    """Remove workbooks that were written days ago."""
    folder = Path(settings.DATA_DIR) / "exports"
    old = timezone.now() - KEPT
    gone = [p for p in folder.glob("*") if dt.datetime.fromtimestamp(p.stat().st_mtime, dt.UTC) < old]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


schedule("web.forget_workbooks", forget_workbooks, "every 6h")
