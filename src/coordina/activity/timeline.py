"""Comments and one's own reminders in the timeline of a record."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.activity.mentions import Named, find
from coordina.activity.models import Comment, Reminder
from coordina.activity.speaking import drawn, names_of
from coordina.core.addresses import address
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.records.models import Hanger
from coordina.records.sources import behind, who


def read_comments(look: Look) -> Sequence[Moment]:
    """The comments of a record."""
    if not look.user.may(Comment.view_permission()):
        return ()
    found = list(behind(Comment.of(look.record).select_related("owner"), look))
    names = names_of(found)
    return [_comment(each, look, names) for each in found]


def _comment(each: Comment, look: Look, names: dict[int, Named]) -> Moment:
    own = each.owner_id == look.user.pk
    edit = (gettext_lazy("Edit comment"), address("activity:comment_edit", each.pk), "pencil")
    gone = (gettext_lazy("Delete comment"), address("activity:comment_delete", each.pk), "trash")
    found = find(each.text, [names[pk] for pk in each.mentions if pk in names])
    return Moment(
        source="comments",
        mark=str(each.pk),
        by=each.owner_id,
        at=each.created_at,
        title=format_html(_("{who} commented"), who=who(each.owner.name)),
        body=drawn(each.text, found),
        icon="message",
        tone="acc" if look.user.pk in each.mentions else "",
        facts=(_("edited"),) if each.version > 1 else (),
        links=tuple(
            link
            for link, verb in ((edit, "change"), (gone, "delete"))
            if own and look.user.may(Comment.permission(verb))
        ),
    )


def read_reminders(look: Look) -> Sequence[Moment]:
    """The reminders of a record that the reader made or gets."""
    if not look.user.may(Reminder.view_permission()):
        return ()
    mine = Reminder.of(look.record).filter(Q(owner=look.user.pk) | Q(made_by=look.user.pk))
    return [_reminder(each, look) for each in behind(mine.select_related("owner", "made_by"), look)]


def _reminder(each: Reminder, look: Look) -> Moment:
    values: dict[str, Any] = {"who": who(each.made_by.name), "whom": who(each.owner.name)}
    own = each.owner_id == each.made_by_id
    text = _("{who} set a reminder") if own else _("{who} set a reminder for {whom}")
    when = look.formats.exact(each.due_at)
    return Moment(
        source="reminders",
        mark=str(each.pk),
        by=each.made_by_id,
        at=each.created_at,
        title=format_html(text, **values),
        body=each.text,
        icon="bell",
        facts=(when, *((_("done"),) if each.done_at is not None else ())),
        links=((gettext_lazy("Reminder"), address("activity:reminder", each.pk), "clock"),),
    )


def _hangs(model: type[Any]) -> bool:
    return not issubclass(model, Hanger)


TIMELINE.add("comments", Source(gettext_lazy("Comments"), read_comments, _hangs, order=15))
TIMELINE.add("reminders", Source(gettext_lazy("Reminders"), read_reminders, _hangs, order=40))
