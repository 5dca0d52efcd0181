"""What is done with the letterhead besides writing it."""

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.refusals import Refusal
from coordina.documents.models import Letterhead
from coordina.documents.rules import image_kind
from coordina.records.files import clean_name, place_of, read_ticket

CHANGE = Letterhead.permission("change")
LARGEST = 2_000_000
"""Bytes of a logo."""
Ticket = Annotated[str, Field(max_length=500, json_schema_extra={"label": _("logo")})]
Name = Annotated[str, Field(max_length=255, json_schema_extra={"label": _("file name")})]


@action(Letterhead, permission=CHANGE, label=_("Put a logo"), icon="file-text", hidden=True, private=True)
def put_logo(*, letterhead: Letterhead, ticket: Ticket, name: Name = "", by: User, at: datetime) -> Letterhead:
    """Put a picture on top of documents.

    Args:
        ticket: What an upload gave: a PNG or a JPEG.
        name: Of the file, for people.
    """
    kept = read_ticket(ticket)
    if kept.size > LARGEST:
        raise Refusal("too_large", _("A logo has at most 2 MB."), field="logo")
    with place_of(kept.path).open() as stream:
        kind = image_kind(stream.read())
    if not kind:
        raise Refusal("picture", _("Choose a PNG or a JPEG of at most 6,000 pixels a side."), field="logo")
    letterhead.logo, letterhead.logo_name = kept.path, clean_name(name or f"logo.{kind}")
    letterhead.save()
    return letterhead


@action(Letterhead, permission=CHANGE, label=_("Take the logo away"), icon="trash", danger=True, hidden=True)
def remove_logo(*, letterhead: Letterhead, by: User, at: datetime) -> Letterhead:
    """Write the name on top of documents instead of a picture."""
    letterhead.logo = letterhead.logo_name = ""
    letterhead.save()
    return letterhead
