"""What the page of everything shows: kinds of records with their numbers, and the archives that were made."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.types import TYPES
from coordina.transfer.enums import Standing
from coordina.transfer.jobs import path_of, under_way
from coordina.transfer.models import Archive
from coordina.web.listpage import capital

SHOWN = 20
"""Archives that the page names."""
FIRST = ("company", "person", "lead", "opportunity", "product", "interaction")
"""Types that stand first; the others follow."""


@dataclass(frozen=True, slots=True)
class Made:
    """An archive as the page shows it.

    Attributes:
        who: Name of whoever asked; empty for the server's command line.
        url: Where its owner fetches it; empty once it is gone, and for others.
        job_url: Page of the job that writes it now; empty where none does.
        theirs: Whether the file is still there and belongs to somebody else.
    """

    pk: int
    when: str
    who: str
    state: str
    tone: str
    rows: str
    files: str
    size: str
    digest: str
    url: str
    job_url: str
    theirs: bool


def held(user: User, formats: Formats) -> list[tuple[str, str, str]]:
    """Icon, plural and number of the records of each main type."""
    main = [known for known in TYPES if not known.within and not known.setting]
    main.sort(key=lambda known: FIRST.index(known.name) if known.name in FIRST else len(FIRST))
    return [
        (known.icon, capital(str(known.plural)), formats.integer(known.model.objects.visible_to(user).count()))
        for known in main
    ]


def made_lately(user: User, formats: Formats) -> list[Made]:
    """The newest archives."""
    rows = list(Archive.objects.visible_to(user).select_related("owner").order_by("-pk")[:SHOWN])
    return [_made(row, user, formats) for row in rows]


def _made(row: Archive, user: User, formats: Formats) -> Made:
    job = under_way(row) if row.status == Standing.WAITING else None
    standing = Standing.STOPPED if row.status == Standing.WAITING and job is None else Standing(row.status)
    there = row.status == Standing.READY and path_of(row.pk).size() is not None
    mine = row.owner_id == user.pk
    tones: dict[Any, str] = {Standing.READY: "good", Standing.STOPPED: "warn"}
    written = row.status == Standing.READY
    return Made(
        pk=row.pk,
        when=formats.datetime(row.created_at),
        who=row.owner.name if row.owner is not None else "",
        state=str(standing.label),
        tone=tones.get(standing, "info"),
        rows=formats.integer(row.rows) if written else "",
        files=formats.integer(row.files) if written else "",
        size=formats.file_size(row.size) if written else "",
        digest=row.digest,
        url=reverse("web:everything_fetch", args=(row.pk,)) if there and mine else "",
        job_url=reverse("web:job", args=(job,)) if job is not None and mine else "",
        theirs=there and not mine,
    )
