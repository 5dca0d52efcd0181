"""Panels of every record: its timeline and its files. Slots are names; the pages that have them stand higher up."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.accounts.rates import DEFAULT_CURRENCY
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.panels import PANELS, Panel
from coordina.core.prepared import Prepared
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.core.visibility import covers
from coordina.records.models import Attachment, Note
from coordina.records.narrowing import Wanted
from coordina.records.timeline import current_formats, feed_of

SHOWN_FILES = 20
SHOWN_PEOPLE = 200
"""People whose entries one may look for; a page asks for them only where it draws the form."""
_FILES = Prepared(
    lambda label, pk: (
        Attachment.objects.filter(subject_type=label, subject_id=pk)
        .select_related("owner")
        .order_by("-pk")[: SHOWN_FILES + 1]
    )
)


def timeline_values(
    record: Record, user: User, formats: Formats, *, only: str = "", after: str = "", narrow: Wanted | None = None
) -> dict[str, Any]:
    """What the templates of the timeline are given."""
    url = address("records:timeline", type_of(record).url, record.pk)
    feed = feed_of(record, user, formats, only=only, after=after, narrow=narrow)
    people = User.objects.visible_to(user).filter(access=Access.ACTIVE).order_by("name", "pk")
    return {
        "feed": feed,
        "timeline_url": url,
        "people_here": people.values_list("pk", "name")[:SHOWN_PEOPLE],
        "day_order": formats.day_order,
    }


def timeline_panel(record: Record, user: User) -> Mapping[str, Any]:
    """The newest part of the timeline."""
    return timeline_values(record, user, current_formats())


def may_hang(user: User, record: Record, permission: str) -> bool:
    """Whether a person may put something of this kind on a record: the permission, and reach over the record."""
    return user.may(permission) and covers(record, user, type(record).permission("change"))


def files_panel(record: Record, user: User) -> Mapping[str, Any]:
    """The files of a record, newest first."""
    formats = current_formats(DEFAULT_CURRENCY)  # no amount is shown
    kept = _FILES(record._meta.label, record.pk)
    may = may_hang(user, record, Attachment.permission("add"))
    return {
        "files": [
            {
                "file": f,
                "size": formats.file_size(f.size),
                "day": formats.date_short(formats.local(f.created_at).date()),
            }
            for f in kept[:SHOWN_FILES]
        ],
        "more": len(kept) > SHOWN_FILES,
        "may_change": may,
        "upload_url": address("records:upload", type_of(record).url, record.pk) if may else "",
        "once": secrets.token_urlsafe(9),
    }


for _slot in ("company", "person", "opportunity", "product"):
    PANELS.add(
        f"records.files.{_slot}",
        Panel(f"{_slot}.side", _("Files"), Attachment.view_permission(), "records/files.html", files_panel, order=80),
    )
PANELS.add(
    "records.timeline.product",
    Panel(
        "product.main",
        _("Activity"),
        Note.view_permission(),
        "records/timeline.html",
        timeline_panel,
        order=50,
        lazy=True,
    ),
)
