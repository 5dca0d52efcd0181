"""Notifications as pages show them: lines by days, with names and times."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity.kinds import KINDS
from coordina.activity.models import Notification
from coordina.activity.places import titles_of
from coordina.core.formats import Formats
from coordina.records.timeline import day_label


@dataclass(frozen=True, slots=True)
class Line:
    """One notification on a page.

    Attributes:
        title: Name of its record; empty where it has none.
        url: Marks it read and leads on.
        when, exact: When it was told: as people say it, and in full.
    """

    pk: int
    icon: str
    title: str
    text: str
    url: str
    at: dt.datetime
    when: str
    exact: str
    unread: bool


def lines_of(rows: Sequence[Notification], user: User, formats: Formats) -> list[Line]:
    """Lines of notifications that the person may read."""
    titles, now = titles_of(rows, user), timezone.now()
    return [
        Line(
            each.pk,
            KINDS[each.kind].icon,
            titles.get((each.subject_type, each.subject_id or 0), ""),
            each.text,
            reverse("activity:go", args=(each.pk,)),
            each.at,
            formats.relative(each.at, now),
            formats.exact(each.at),
            each.read_at is None,
        )
        for each in rows
    ]


def by_days(lines: Sequence[Line], formats: Formats) -> list[tuple[str, list[Line]]]:
    """Lines under the reader's days."""
    groups = groupby(lines, key=lambda line: formats.local(line.at).date())
    return [(day_label(day, formats), list(part)) for day, part in groups]
