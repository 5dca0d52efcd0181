"""What activity shows on the page of every record: writing a comment, who follows it, and one's reminders."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.accounts.rates import DEFAULT_CURRENCY
from coordina.activity.following import followers_of
from coordina.activity.models import Comment, Reminder
from coordina.activity.seeing import people_of, sees
from coordina.core.panels import PANELS, Panel
from coordina.core.records import Record
from coordina.core.types import RecordType, type_of
from coordina.records.models import Hanger
from coordina.records.panels import timeline_panel
from coordina.records.timeline import current_formats

FACES = 8
COLLEAGUES = 200
"""People whom a reminder offers."""
MINE = 6


def comment_panel(record: Record, user: User, *, text: str = "", errors: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """A place to write a comment, for records without a composer of their own."""
    may = user.may(Comment.permission("add"))
    return {
        "comment_url": place(record, "comment") if may else "",
        "mentions_url": place(record, "people"),
        "once": secrets.token_urlsafe(9),
        "text": text,
        "errors": errors,
    }


def around_panel(record: Record, user: User) -> Mapping[str, Any]:
    """Who follows a record, and the open reminders of whoever looks."""
    ids = followers_of(record)
    people = [each for each in people_of(ids) if sees(each, record)]
    return {
        "faces": people[:FACES],
        "more": max(0, len(people) - FACES),
        "following": user.pk in ids,
        "follow_url": place(record, "follow"),
        **reminder_values(record, user),
    }


def reminder_values(record: Record, user: User, *, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the form of a reminder offers, and the reader's open ones about the record."""
    mine = Reminder.of(record).visible_to(user).filter(done_at__isnull=True, owner=user.pk).order_by("due_at", "pk")
    given = typed or {}
    chosen = given.get("person", str(user.pk))
    colleagues = User.objects.visible_to(user).filter(access=Access.ACTIVE).order_by("name", "pk")
    pairs = [(user.pk, user.name), *colleagues.exclude(pk=user.pk).values_list("pk", "name")[:COLLEAGUES]]
    tomorrow = timezone.localtime() + dt.timedelta(days=1)
    formats = current_formats(DEFAULT_CURRENCY)  # no amount is shown
    usual = formats.moment_figures(tomorrow.replace(hour=9, minute=0))
    return {
        "reminders": [(each, formats.exact(each.due_at)) for each in mine[:MINE]],
        "when_example": f"{formats.figures(formats.today)} 10:30",
        "day_order": formats.day_order,
        "reminder_url": place(record, "remind") if user.may(Reminder.permission("add")) else "",
        "due_at": given.get("due_at", usual),
        "about_text": given.get("text", ""),
        "colleagues": [(pk, name, str(pk) == chosen) for pk, name in pairs],
        "remind_once": secrets.token_urlsafe(9),
    }


def place(record: Record, name: str) -> str:
    """An address of activity that belongs to a record."""
    return reverse(f"activity:{name}", args=(type_of(record).url, record.pk))


def applies(known: RecordType) -> bool:
    """Whether people comment and follow records of a type: those with a page of their own, settings left out."""
    return not (known.setting or known.within or issubclass(known.model, Hanger))


def offer(known: RecordType) -> None:
    """Put the panels of activity on the page of a type; the composer of another room has the comment among its own."""
    if not applies(known):
        return
    see = known.model.view_permission()
    templates = [panel.template for panel in PANELS if panel.slot == f"{known.name}.main"]
    if "customers/composer.html" not in templates:
        PANELS.add(
            f"activity.comment.{known.name}",
            Panel(f"{known.name}.main", _("Comment"), see, "activity/comment_form.html", comment_panel, order=15),
        )
    if "records/timeline.html" not in templates:
        PANELS.add(
            f"activity.timeline.{known.name}",
            Panel(f"{known.name}.main", _("Activity"), see, "records/timeline.html", timeline_panel, 50, lazy=True),
        )
    PANELS.add(
        f"activity.around.{known.name}",
        Panel(f"{known.name}.side", _("Followers"), see, "activity/around.html", around_panel, order=45, lazy=True),
    )
